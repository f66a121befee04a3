"""On a disk that is full to the last byte, what frees space still works."""

import errno
from pathlib import Path

import pytest
from acted_runs import ActedRun
from small_disk import filled, small_disk

from bertft_tui.core.errors import FullStoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling.purge import purge
from bertft_tui.core.store import queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.reserve import SIZE, keep_reserve, with_reserve


def test_a_run_can_be_deleted_and_purged(tmp_path: Path) -> None:
    """With the reserve the run goes into the trash and off the disk, and the space is put aside again."""
    with small_disk(tmp_path / "disk", 8) as disk, Database.open(StorePath(disk / "e.db"), daily_backup=False) as db:
        run = ActedRun(db, "one").start().train(5).finish()
        (db.path.run(run.id).checkpoints / "weights").write_bytes(bytes(3_000_000))
        with filled(disk), pytest.raises(FullStoreError):
            _until_full(db, run.id)
        keep_reserve(db.path)
        with filled(disk):
            trash.throw_away(db, [run.id])
            assert not db.path.reserve.exists()
            assert purge(db, [run.id]).bytes > 3_000_000
            assert db.path.reserve.stat().st_size == SIZE
        assert queries.list_runs(db, trashed=None) == []


def test_a_store_can_be_opened(tmp_path: Path) -> None:
    """Nobody else has it open, so even who only looks has to make the index of its log; without room that is said."""
    with small_disk(tmp_path / "disk", 4) as disk:
        path = StorePath(disk / "e.db")
        with Database.open(path, daily_backup=False) as db:
            run = ActedRun(db, "one").start().train(5).finish()
        with filled(disk), pytest.raises(FullStoreError, match="The disk is full"):
            Database.open(path)
        keep_reserve(path)
        with filled(disk), Database.open(path, daily_backup=False) as db:
            assert [found.id for found in queries.list_runs(db)] == [run.id]


def _until_full(db: Database, run_id: str) -> None:
    """Write until the store's log takes no more: it may have some room of its own."""
    for _ in range(1000):
        trash.throw_away(db, [run_id])
        trash.take_out(db, [run_id])


def test_a_full_disk_alone_costs_the_reserve(tmp_path: Path) -> None:
    """Another error is raised as it is, and so is a full disk when there is nothing to give up."""
    path = StorePath(tmp_path / "e.db")

    def fails(error: OSError) -> None:
        raise error

    keep_reserve(path)
    with pytest.raises(PermissionError):
        with_reserve(path, lambda: fails(PermissionError(errno.EACCES, "no")))
    assert path.reserve.exists()
    with pytest.raises(OSError, match="no room"):
        with_reserve(path, lambda: fails(OSError(errno.ENOSPC, "no room")))
    assert not path.reserve.exists()
