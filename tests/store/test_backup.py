"""Copies of the store: by hand, once a day, and what happens where they cannot be written."""

import sqlite3
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from bertft_tui.core.errors import DamagedStoreError, RefusedError, StoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.presets import preset
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.backup import KEPT, back_up, keep_daily, revision_of
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.schema import APPLICATION_ID
from bertft_tui.core.store.wholeness import fault_of

DEMO = preset("demo").config


def test_a_copy_made_while_others_write_is_whole(db: Database, tmp_path: Path) -> None:
    """The copy is one file, ours, private, sound, at one moment of the store; the program opens it."""
    done = threading.Event()

    def write() -> None:
        with Database.open(db.path) as mine:
            while not done.is_set():
                commands.enqueue(mine, DEMO)

    commands.enqueue(db, DEMO)
    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(5):
            copy = back_up(db.path, tmp_path / f"copy-{number}.db")
            assert fault_of(StorePath(copy)) == ""
            assert copy.stat().st_mode & 0o077 == 0
            connection = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
            assert connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
            runs = connection.execute("SELECT count(*) FROM run").fetchone()[0]
            connection.close()
            assert revision_of(copy) == runs, "a transaction is in the copy whole or not at all"
    finally:
        done.set()
        thread.join()
    assert sorted(tmp_path.glob("*copy-*")) == [tmp_path / f"copy-{number}.db" for number in range(5)]
    with Database.open(StorePath(copy)) as again:
        assert queries.count_runs(again) == runs


def test_no_file_is_replaced_unasked(db: Database, tmp_path: Path) -> None:
    """An existing file is refused, replaced when that is said, and never the store itself or one that is open."""
    commands.enqueue(db, DEMO)
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(RefusedError, match="already"):
        back_up(db.path, target)
    assert target.read_text() == "precious"
    assert back_up(db.path, target, force=True) == target
    assert fault_of(StorePath(target)) == ""
    with pytest.raises(RefusedError, match="store itself"):
        back_up(db.path, db.path.file, force=True)
    with Database.open(StorePath(target)) as other:
        commands.enqueue(other, DEMO)
        with pytest.raises(RefusedError, match="not closed"):
            back_up(db.path, target, force=True)


def test_a_copy_lands_beside_the_store_with_its_date(db: Database, tmp_path: Path) -> None:
    """Without a name the copy gets one; a folder is taken as the place for it; one that is not there is an error."""
    beside = back_up(db.path)
    assert beside.parent == db.path.backups
    assert db.path.all_backups()[0] == beside, "a rebuild knows it"
    assert beside.name.startswith(f"experiments-{date.today()}-")
    folder = tmp_path / "copies"
    folder.mkdir()
    assert back_up(db.path, folder).parent == folder
    with pytest.raises(StoreError, match="cannot be written"):
        back_up(db.path, tmp_path / "nowhere" / "copy.db")
    for own in (*db.path.companions, db.path.write_lock, db.path.runs / "abc" / "config.toml"):
        with pytest.raises(RefusedError, match="file of the store"):
            back_up(db.path, own, force=True)


def test_a_day_on_which_the_store_changed_has_one_backup(db: Database) -> None:
    """Whoever wrote leaves a backup when it closes the store: one a day, and none when nothing has changed since."""
    commands.enqueue(db, DEMO)
    with Database.open(db.path) as second:
        commands.enqueue(second, DEMO)
    today = db.path.daily_backup(date.today())
    assert db.path.all_backups() == [today]
    assert revision_of(today) == 2
    assert db.path.backups.stat().st_mode & 0o077 == today.stat().st_mode & 0o077 == 0
    yesterday = today.rename(db.path.daily_backup(date.today() - timedelta(days=1)))
    assert keep_daily(db.path) is None, "the newest backup is of this very revision"
    commands.enqueue(db, DEMO)
    assert keep_daily(db.path) == today
    assert keep_daily(db.path) is None
    assert sorted(db.path.all_backups()) == [yesterday, today]


def test_the_newest_seven_days_are_kept(db: Database) -> None:
    """Older daily backups go; what is no daily backup stays."""
    commands.enqueue(db, DEMO)
    db.path.backups.mkdir()
    others = [db.path.backup_of_schema(1), db.path.backups / "mine.db"]
    for file in [*others, *(db.path.daily_backup(date(2026, 1, day)) for day in range(1, 11))]:
        file.touch()
    assert keep_daily(db.path) is not None
    kept = sorted(set(db.path.all_backups()) - set(others))
    assert len(kept) == KEPT
    assert kept[0] == db.path.daily_backup(date(2026, 1, 5))
    assert set(others) <= set(db.path.all_backups())


def test_a_backup_that_cannot_be_written_fails_nothing(db: Database) -> None:
    """Where the folder cannot be made the run goes on without a backup."""
    db.path.backups.write_text("in the way")
    commands.enqueue(db, DEMO)
    assert keep_daily(db.path) is None
    with Database.open(db.path) as second:
        commands.enqueue(second, DEMO)
    assert queries.count_runs(db) == 2


def test_a_damaged_store_displaces_no_good_backup(db: Database) -> None:
    """A copy of damaged pages is no backup: none is made, and the older ones stay."""
    for _ in range(50):
        commands.enqueue(db, DEMO)
    db.path.backups.mkdir()
    good = back_up(db.path, db.path.daily_backup(date.today() - timedelta(days=2)))
    commands.enqueue(db, DEMO)
    db.close()
    db.path.daily_backup(date.today()).unlink()
    content = bytearray(db.path.file.read_bytes())
    content[5 * 8192 : 8 * 8192] = b"\x5a" * (3 * 8192)
    db.path.file.write_bytes(content)
    assert keep_daily(db.path) is None
    assert db.path.all_backups() == [good]
    with pytest.raises(DamagedStoreError, match=f"{good}") as caught:
        back_up(db.path)
    assert "doctor --rebuild" in caught.value.problem.hint


@pytest.mark.parametrize("of_backup", [True, False])
def test_a_damaged_revision_fails_no_closing(db: Database, of_backup: bool) -> None:
    """A revision that is no number, in the newest backup or in the store, raises nothing when the store is closed."""
    commands.enqueue(db, DEMO)
    kept = keep_daily(db.path)
    assert kept is not None
    yesterday = kept.rename(db.path.daily_backup(date.today() - timedelta(days=1)))
    connection = sqlite3.connect(yesterday if of_backup else db.path.file)
    connection.execute("UPDATE meta SET value = 'many' WHERE key = 'revision'")
    connection.commit()
    connection.close()
    db.close()
    assert db.path.daily_backup(date.today()).exists() == of_backup


def test_a_store_that_is_being_made_has_no_backups(db: Database) -> None:
    """Closing it makes none, though it was written."""
    with Database.open(db.path, daily_backup=False) as made:
        commands.enqueue(made, DEMO)
    assert not db.path.backups.exists()
