"""The documents say what the program does: their tables are its own, their commands exist."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from picture_scenes import SCENES
from readme_tables import README, registered_commands, with_tables

from bertft_tui.core.config_file import from_toml
from bertft_tui.core.presets import PRESETS
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.cli import comparison_document, documents, report_document, series_documents

ROOT = README.parent
TEXT = README.read_text(encoding="utf-8")
GUIDE = ROOT / "docs" / "guide.md"
QUESTIONS = GUIDE.with_name("questions.md")


def blocks(kind: str, text: str = TEXT) -> list[str]:
    """Return the code blocks of a kind, of the README or another text."""
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


DOCUMENTS = (documents, comparison_document, report_document, series_documents)

PAGES = (README, GUIDE, QUESTIONS)
SHOWN = [
    block.replace("\\\n", " ") for page in PAGES for block in blocks("console", page.read_text(encoding="utf-8"))
]
LINES = [line.partition("  #")[0].strip() for block in SHOWN for line in block.splitlines()]


def test_the_tables_are_those_of_the_program() -> None:
    """Commands and keys stand there as they are declared; `python tests/docs/readme_tables.py` writes them."""
    assert with_tables(TEXT) == TEXT


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("bertft-tui ")])
def test_every_command_line_can_be_parsed(line: str) -> None:
    """Each line that the README shows names a command, and options that it has."""
    words = shlex.split(line.partition(" > ")[0])[1:]
    if words[0] == "--db":
        words = words[2:] or ["list"]  # the app has the same option
    command = registered_commands()[words[0]]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known
    for before, word in pairwise(words):
        if before == "--set":
            assert word.partition("=")[0].count(".") == 1
        if before == "--preset":
            assert word in PRESETS


def test_every_make_target_exists() -> None:
    """`make` lines name targets of the Makefile."""
    makefile = (ROOT / "Makefile").read_text()
    targets = {line.split()[-1] for line in LINES if line.startswith("make ")}
    assert {"demo", "test"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_both_commands_stand_on_the_first_screen() -> None:
    """Whoever opens the README sees how to start."""
    first = "\n".join(TEXT.splitlines()[:24])
    assert "make demo" in first
    assert "make test" in first


def test_the_settings_shown_are_valid() -> None:
    """The example of a file is a config."""
    (toml,) = blocks("toml")
    assert from_toml(toml).data.dataset == "reviews.csv"


def test_every_status_is_explained() -> None:
    """No status is left to guess."""
    for status in RunStatus:
        assert f"`{status}`" in TEXT


def test_links_lead_somewhere() -> None:
    """Every file that README and guides link to exists, pictures too; and the guides show every picture."""
    for file in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8")):
            assert (file.parent / target).is_file(), target
    guides = "".join(page.read_text(encoding="utf-8") for page in (GUIDE, QUESTIONS))
    shown = re.findall(r"\(pictures/(\S+)\.svg\)", guides)
    assert sorted(shown) == sorted(scene.name for scene in SCENES)
    assert sorted(path.stem for path in (GUIDE.parent / "pictures").iterdir()) == sorted(shown)


def test_the_guide_speaks_of_its_own_parts() -> None:
    """Its list of contents leads to its headings."""
    text = GUIDE.read_text(encoding="utf-8")
    headings = [line.removeprefix("## ").lower().replace(" ", "-") for line in text.splitlines() if line[:3] == "## "]
    assert re.findall(r"^- \[.*\]\(#(.*)\)$", text, re.MULTILINE) == headings


def test_the_keys_of_the_documents_are_described() -> None:
    """`docs/json.md` names every key of the documents."""
    described = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "json.md").read_text(encoding="utf-8")))
    source = "\n".join(Path(each.__file__).read_text(encoding="utf-8") for each in DOCUMENTS)
    keys = set(re.findall(r'^\s+"(\w+)":', source, re.MULTILINE))
    assert {"id", "exit_signal", "best_epoch", "points", "p_adjusted"} <= keys
    assert keys - described == set()
