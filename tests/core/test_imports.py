"""The walls between the rooms, as a running process sees them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRAINING = {"torch", "transformers", "datasets", "evaluate", "pandas", "accelerate", "sklearn"}
INTERFACE = {"textual", "rich", "typer"}


def modules(top: str) -> list[str]:
    """Return the dotted names of all modules below `core` or `tui`; training and migration scripts stay out."""
    files = [file.relative_to(ROOT) for file in sorted((ROOT / top).rglob("*.py"))]
    names = [".".join(["bertft_tui", *file.with_suffix("").parts]).removesuffix(".__init__") for file in files]
    return [name for name in names if ".training" not in name and ".migrations" not in name]


@pytest.mark.parametrize(("top", "forbidden"), [("core", TRAINING | INTERFACE), ("tui", TRAINING)])
def test_no_module_brings_in_what_its_room_must_not_know(top: str, forbidden: set[str]) -> None:
    """Importing every module of a room, in a fresh process, loads none of the forbidden libraries."""
    code = f"import sys\nfor name in {modules(top)!r}: __import__(name)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert forbidden & set(done.stdout.split()) == set()


@pytest.mark.parametrize(
    ("names", "heavy"),
    [
        (
            ["training.logged_journal", "training.run_keeper", "training.reporter", "training.vitals"],
            {"pydantic", "sqlmodel", "sqlalchemy", "bertft_tui.core.config"},
        ),
        (["store.database", "store.queries"], {"pydantic", "sqlmodel", "bertft_tui.core.config"}),
        (["store.plain_reading"], {"pydantic", "sqlmodel", "sqlalchemy", "bertft_tui.core.config"}),
    ],
)
def test_what_is_light(names: list[str], heavy: set[str]) -> None:
    """What records loads neither settings with pydantic nor the store; what reads curves, not even SQLAlchemy."""
    code = f"import sys\nfor name in {names!r}: __import__('bertft_tui.core.' + name)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert heavy & set(done.stdout.split()) == set()
