"""A store that is looked at twice in one process keeps the locks that the process holds on it."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from bertft_tui.core.config import RunConfig
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import commands
from bertft_tui.core.store.backup import back_up, keep_daily
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.schema import identify
from bertft_tui.core.store.wholeness import fault_of

_ANOTHER = """
import sys
from pathlib import Path
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
with Database.open(StorePath(Path(sys.argv[1]))) as db:
    print(*[run.name for run in queries.list_runs(db)])
    commands.pause_queue(db, "a write of another process")
"""


def seen_by_another(db: Database) -> list[str]:
    """The names that another process sees, which opens the store, writes, and closes it."""
    command = [sys.executable, "-c", _ANOTHER, str(db.path.file)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


@pytest.mark.parametrize("look", [lambda path: Database.open(path).close(), fault_of, identify, keep_daily, back_up])
def test_the_next_process_to_close_it_is_not_the_last(db: Database, look: Callable[[StorePath], object]) -> None:
    """What is written after the look, and after another process has come and gone, is seen by everybody."""
    commands.enqueue(db, RunConfig(), name="first")
    look(db.path)
    assert seen_by_another(db) == ["first"]
    commands.enqueue(db, RunConfig(), name="second")
    assert seen_by_another(db) == ["second", "first"]
