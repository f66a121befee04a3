"""Asking something of a run whose store cannot be written."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from quick_runs import CPU, enqueue, until
from small_disk import filled, small_disk

from bertft_tui.core.errors import StoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling.asking import ask
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.store import commands, plain_reading, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request


@pytest.mark.parametrize("kind", [Request.STOP, Request.CANCEL])
def test_a_run_can_be_ended_while_the_disk_is_full(tmp_path: Path, quick_worker: None, kind: Request) -> None:
    """Where the store takes no request the worker is told; how it ended is in the store when there is room."""
    with small_disk(tmp_path / "disk", 4) as disk, Database.open(StorePath(disk / "experiments.db")) as db:
        mine = Scheduler(db, (CPU,))
        run_id = enqueue(db, "patient")
        until(lambda: plain_reading.series(db, run_id, "loss").steps, mine)
        with closing(sqlite3.connect(db.path.file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that the next write needs room
        with filled(disk):
            assert "told directly" in ask(db, run_id, kind)
            with pytest.raises(StoreError):
                commands.resume_queue(db)
        until(lambda: not mine.workers, mine)
        assert str(queries.get_run(db, run_id).status).startswith(kind)
