"""The documents say what the program does: their tables are its own, their commands exist."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from readme_tables import README, registered_commands, with_tables

from bertft_tui.core.config_file import from_toml
from bertft_tui.core.presets import PRESETS
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.cli import comparison_document, documents

ROOT = README.parent
TEXT = README.read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    """Return the README's code blocks of a kind."""
    return re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)


LINES = [line.partition("  #")[0].strip() for block in blocks("console") for line in block.splitlines()]


def test_the_tables_are_those_of_the_program() -> None:
    """Commands and keys stand there as they are declared; `python tests/docs/readme_tables.py` writes them."""
    assert with_tables(TEXT) == TEXT


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("bertft-tui ")])
def test_every_command_line_can_be_parsed(line: str) -> None:
    """Each line that the README shows names a command, and options that it has."""
    words = shlex.split(line.partition(" > ")[0])[1:]
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
    """Every file that the README links to exists, the screenshot too."""
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / target).is_file(), target


def test_the_keys_of_the_documents_are_described() -> None:
    """`docs/json.md` names every key of the documents."""
    described = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "json.md").read_text(encoding="utf-8")))
    source = "\n".join(Path(each.__file__).read_text(encoding="utf-8") for each in (documents, comparison_document))
    keys = set(re.findall(r'^\s+"(\w+)":', source, re.MULTILINE))
    assert {"id", "exit_signal", "best_epoch", "points", "p_adjusted"} <= keys
    assert keys - described == set()
