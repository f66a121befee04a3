"""A store that is damaged, emptied, deleted or replaced: named, never silently made anew, nothing overwritten."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from damaging import damage_in_use

from bertft_tui.core.errors import DamagedStoreError, StoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.presets import preset
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.backup import back_up
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.schema import SCHEMA_VERSION
from bertft_tui.core.store.wholeness import fault_of, newest_whole_backup

DEMO = preset("demo").config
PAGE = 8192


@pytest.fixture
def path(tmp_path: Path) -> StorePath:
    """A closed store with forty runs and a backup."""
    path = StorePath(tmp_path / "experiments.db")
    with Database.open(path) as db:
        for _ in range(40):
            commands.enqueue(db, DEMO)
    assert newest_whole_backup(path) is not None
    return path


def overwrite(path: StorePath, start: int, content: bytes) -> None:
    """Write bytes over a part of the file."""
    with path.file.open("rb+") as file:
        file.seek(start)
        file.write(content)


def header(path: StorePath) -> None:
    """Random bytes where SQLite says what the file is."""
    overwrite(path, 0, random.Random(1).randbytes(100))


def schema(path: StorePath) -> None:
    """The first page is whole up to the list of tables."""
    overwrite(path, 100, random.Random(2).randbytes(PAGE - 100))


def pages(path: StorePath) -> None:
    """Random bytes in the middle of every page but the first."""
    for page in range(1, path.file.stat().st_size // PAGE):
        overwrite(path, page * PAGE, random.Random(page).randbytes(200))


def cut(path: StorePath) -> None:
    """The file ends after two pages."""
    with path.file.open("rb+") as file:
        file.truncate(2 * PAGE + 100)


def emptied(path: StorePath) -> None:
    """Nothing is left of the file but its name."""
    path.file.write_bytes(b"")


def deleted(path: StorePath) -> None:
    """Not even the name is left."""
    path.file.unlink()


def emptied_of_tables(path: StorePath) -> None:
    """A database, ours by its header, without a table."""
    import sqlite3

    path.file.unlink()
    connection = sqlite3.connect(path.file)
    connection.execute("PRAGMA application_id = 0x62657274")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.close()


@pytest.mark.parametrize("damage", [header, schema, pages, cut, emptied, deleted, emptied_of_tables])
def test_damage_is_named_with_the_way_out(path: StorePath, damage: Callable[[StorePath], None]) -> None:
    """Opening or reading says that it is damaged or gone, names the newest backup, and changes not a byte."""
    damage(path)
    before = path.file.read_bytes() if path.file.exists() else None
    with pytest.raises(DamagedStoreError) as caught, Database.open(path) as db:
        queries.list_runs(db)
    problem = caught.value.problem
    assert problem.title in ("The store is damaged", "The store is gone")
    assert str(newest_whole_backup(path)) in problem.message
    assert "doctor --rebuild" in problem.hint
    assert (path.file.read_bytes() if path.file.exists() else None) == before
    assert fault_of(path) != ""


def test_runs_alone_keep_a_deleted_store_from_being_made_anew(tmp_path: Path) -> None:
    """Run directories without a backup are enough; another name gives an empty store."""
    path = StorePath(tmp_path / "experiments.db")
    path.run("abc").create()
    path.run("abc").config.touch()
    with pytest.raises(DamagedStoreError, match="gone"):
        Database.open(path)
    assert not path.file.exists()
    Database.open(StorePath(tmp_path / "other.db")).close()


@pytest.mark.parametrize("how", ["truncated", "garbage", "removed"])
def test_a_broken_log_leaves_a_whole_older_state(tmp_path: Path, how: str) -> None:
    """What lies behind a damaged place in the write-ahead log is gone as if never written; the rest is sound."""
    live = Database.open(StorePath(tmp_path / "live.db"))
    for _ in range(40):
        commands.enqueue(live, DEMO)
    path, log = StorePath(tmp_path / "experiments.db"), Path(f"{live.path.file}-wal").read_bytes()
    path.file.write_bytes(live.path.file.read_bytes())  # as a machine that loses power leaves the two
    live.close()
    half = len(log) // 2
    broken = {"truncated": log[:half], "garbage": log[:half] + bytes(len(log) - half), "removed": b""}[how]
    Path(f"{path.file}-wal").write_bytes(broken)
    with Database.open(path) as db:
        runs = queries.count_runs(db)
        assert runs < 40
        assert queries.revision(db) == runs
        commands.enqueue(db, DEMO)
        assert fault_of(db.path) == ""


def test_a_store_deleted_while_it_is_open_is_not_written_to(path: StorePath) -> None:
    """An open store whose file is gone says so at every read and write, until the file is there again."""
    with Database.open(path) as db:
        aside = path.file.rename(path.file.with_name("aside.db"))
        for call in (lambda: queries.list_runs(db), lambda: commands.pause_queue(db, "in vain")):
            with pytest.raises(DamagedStoreError, match="removed while it was open"):
                call()
        assert not path.file.exists()
        aside.rename(path.file)
        assert queries.count_runs(db) == 40
        assert queries.queue_state(db).paused is False


def test_a_store_replaced_while_it_is_open_is_not_mixed_with_the_new_one(path: StorePath) -> None:
    """Whoever holds the old file is told; closing it leaves the new file as it is."""
    with Database.open(path) as db:
        commands.pause_queue(db, "before")
        copy = back_up(path)
        commands.pause_queue(db, "meanwhile")
        copy.replace(path.file)
        with pytest.raises(StoreError, match="replaced"):
            queries.list_runs(db)
        with pytest.raises(StoreError, match="replaced"):
            commands.pause_queue(db, "in vain")
        for companion in path.companions:
            companion.unlink(missing_ok=True)
        with Database.open(path) as new:
            assert queries.queue_state(new).reason == "before"
            commands.pause_queue(new, "after")
    with Database.open(path) as again:
        assert queries.queue_state(again).reason == "after"
        assert fault_of(again.path) == ""


def test_damage_to_an_open_store_is_named(path: StorePath) -> None:
    """Pages that are overwritten in place under an open store: reads and writes say so, the good copy stays."""
    good = newest_whole_backup(path)
    assert good is not None
    with Database.open(path) as db:
        commands.pause_queue(db, "before")
        damage_in_use(path)
        for call in (lambda: queries.list_runs(db), lambda: commands.pause_queue(db, "in vain")):
            with pytest.raises(DamagedStoreError, match="damaged") as caught:
                call()
            assert str(good) in caught.value.problem.message
        assert fault_of(path) != ""
    assert newest_whole_backup(path) == good
