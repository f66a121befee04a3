"""The command line, in a process of its own and within this one where that is enough."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_lab import Answer, Lab, make_lab
from processes import end_processes, held_by_a_stand_in

from bertft_tui.core.paths import resolve_store
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli import main as command_line


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A lab whose processes are ended with the test."""
    made = make_lab(tmp_path)
    yield made
    end_processes(made.store)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """The command line within this process: all but the start of an interpreter is real."""

    def run(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["bertft-tui", *arguments])
        code: Any = 0
        try:
            command_line.main()
        except SystemExit as end:
            code = end.code or 0
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run


@pytest.fixture
def store() -> Iterator[Database]:
    """The store that the commands use by themselves."""
    with Database.open(resolve_store()) as database:
        yield database


@pytest.fixture
def living(store: Database) -> Iterator[None]:
    """For whoever looks, the acted runs that run have a process."""
    with held_by_a_stand_in(store.path):
        yield
