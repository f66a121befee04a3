"""`docs/questions.md`: what it quotes is what the program says of the example, word for word."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from command_lab import Answer
from example_store import EXAMPLE

PAGE = (EXAMPLE.parent / "docs" / "questions.md").read_text(encoding="utf-8")

#: A command, and the quotations behind it that come before the next block of commands.
_QUOTED = re.compile(r"```console\n(bertft-tui [^\n]+)\n```\n((?:(?!```).)*?)(?=```|\Z)", re.DOTALL)


def quotations() -> list[tuple[str, str]]:
    """Each command with what it is said to print, its line breaks taken out."""
    found = []
    for command, behind in _QUOTED.findall(PAGE):
        quoted = re.findall(r"(?:^> .*\n)+", behind, re.MULTILINE)
        found += [(command, " ".join(re.sub(r"^> ", "", each, flags=re.MULTILINE).split())) for each in quoted]
    return found


@pytest.fixture(autouse=True)
def at_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands name the example by its file; the copy is made in a data directory of the test's."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(EXAMPLE.parent)


@pytest.mark.parametrize(("command", "quoted"), quotations())
def test_what_is_quoted_is_said(cli: Callable[..., Answer], command: str, quoted: str) -> None:
    """Every figure in a quotation is one that somebody gets who types the command above it."""
    answer = cli(*shlex.split(command)[1:])
    assert answer.code == 0, answer.err
    assert quoted in " ".join(answer.out.split())


def test_all_of_it_is_held_to_the_program() -> None:
    """No quotation stands behind anything but a command."""
    assert len(quotations()) == len(re.findall(r"(?:^> .*\n)+", PAGE, re.MULTILINE)) >= 5
