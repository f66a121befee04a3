"""The scheduler sees to the day's backup, and goes on where none can be written."""

from datetime import date

import pytest

from bertft_tui.core.presets import preset
from bertft_tui.core.scheduling import scheduler
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.backup import DailyBackup
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.wholeness import newest_whole_backup


@pytest.fixture(autouse=True)
def _waiting_run(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run in a paused queue, so that the store has changed and the scheduler has nothing to start."""
    monkeypatch.setattr(scheduler, "LINGER", 0.4)
    commands.pause_queue(db, "a test")
    commands.enqueue(db, preset("demo").config)


def test_a_scheduler_leaves_a_backup_of_the_day(db: Database) -> None:
    """It lies beside the store when the scheduler goes, and is whole."""
    assert scheduler.serve(db.path)
    assert newest_whole_backup(db.path) == db.path.daily_backup(date.today())


def test_a_scheduler_works_on_without_a_backup(db: Database) -> None:
    """A folder that cannot be made is no reason to end."""
    db.path.backups.write_text("in the way")
    assert scheduler.serve(db.path)
    assert queries.count_runs(db) == 1


def test_a_process_of_many_days_asks_once_in_a_while(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two looks in a row cost one question."""
    asked = []
    monkeypatch.setattr("bertft_tui.core.store.backup.keep_daily", asked.append)
    backup = DailyBackup(db.path)
    backup.look()
    backup.look()
    assert asked == [db.path]
