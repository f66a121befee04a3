"""Writers: many at once, in real processes, and what tells that there was one."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import StoreError
from bertft_tui.core.store import commands, queries, write_lock
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.wholeness import fault_of
from bertft_tui.core.store.write_lock import WriteLock

WRITERS = Path(__file__).with_name("many_writers.py")


def test_sixty_four_processes_write_at_once(db: Database) -> None:
    """None is told that the store is busy, none waits for long, every run arrives, and a reader reads meanwhile."""
    child = subprocess.Popen(
        [sys.executable, str(WRITERS), str(db.path.file), "64", "5"], stdout=subprocess.PIPE, text=True
    )
    while child.poll() is None:
        queries.list_runs(db, limit=5)
        time.sleep(0.05)
    said = json.loads(child.communicate()[0])
    assert said["errors"] == []
    assert said["slowest"] < 15, "half of what a writer waits before it gives up"
    assert queries.count_runs(db) == 64 * 5
    assert fault_of(db.path) == ""


def test_who_waits_in_vain_is_told_and_holds_nothing(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time a writer gets a sentence; the lock that it then no longer wants is given on."""
    monkeypatch.setattr(write_lock, "LOCK_TIMEOUT", 0.1)
    with WriteLock(db.path.write_lock), pytest.raises(StoreError, match="busy"):
        commands.pause_queue(db, "in vain")
    monkeypatch.setattr(write_lock, "LOCK_TIMEOUT", 10.0)
    commands.pause_queue(db, "in time")
    assert queries.queue_state(db).reason == "in time"


def test_a_lock_whose_file_was_deleted_is_taken_anew(db: Database) -> None:
    """Whoever waits for a deleted file's lock takes the one that others see."""
    with WriteLock(db.path.write_lock):
        db.path.write_lock.unlink()
    with WriteLock(db.path.write_lock):
        assert db.path.write_lock.exists()
    commands.pause_queue(db, "all the same")


def test_a_write_is_told_by_the_times_of_the_files(db: Database) -> None:
    """Whoever only looks at the files knows that there is something new; reading changes nothing there."""
    before = db.path.last_written
    assert queries.list_runs(db) == []
    assert db.path.last_written == before
    time.sleep(0.02)  # file systems count in ticks of some milliseconds
    commands.enqueue(db, RunConfig())
    assert db.path.last_written > before
