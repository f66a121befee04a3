"""Stores of older schemas: brought up to date with all that is in them, in one step that a kill cannot halve."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from old_stores import contents, make_store

from bertft_tui.core.errors import StoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import history, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.schema import SCHEMA_VERSION, identify
from bertft_tui.core.store.wholeness import fault_of

KILLED = Path(__file__).with_name("killed_migration.py")
OLD = [1, 2, 3]


@pytest.mark.parametrize("version", OLD)
def test_an_older_store_is_brought_up_to_date_with_its_rows(tmp_path: Path, version: int) -> None:
    """All that the old store said is there, and a copy of it as it was lies beside it."""
    path = StorePath(tmp_path / "experiments.db")
    make_store(path.file, version)
    before = contents(path.file)
    with Database.open(path) as db:
        run = queries.find_run(db, "the old one")
        assert (run.note, run.tags, run.labels, run.progress.step) == ("kept", ("old",), ("a", "b"), 76)
        assert (run.problem_type is None) == (version > 1), "an older program knew one task only"
        assert run.metrics["loss"].last == 0.25
        assert queries.series(db, run.id, "loss").values == (0.25,)
        assert [attempt.lasted for attempt in history.attempts(db, run.id)] == [49.0]
    assert fault_of(path) == ""
    assert contents(path.backup_of_schema(version)) == before


def test_a_kill_at_any_statement_of_a_migration_changes_nothing(tmp_path: Path) -> None:
    """Whenever the process dies, the store is the old one, or the new one; the next opening completes it."""
    whole = StorePath(tmp_path / "whole" / "experiments.db")
    make_store(whole.file, 1, runs=100)
    old = contents(whole.file)
    child = subprocess.run([sys.executable, KILLED, whole.file, "0"], capture_output=True, text=True, check=True)
    new, statements = contents(whole.file), int(child.stdout)
    for number in (statements // 3, statements - 3, statements):
        path = StorePath(tmp_path / str(number) / "experiments.db")
        make_store(path.file, 1, runs=100)
        killed = subprocess.run([sys.executable, KILLED, path.file, str(number)], capture_output=True, check=False)
        assert killed.returncode == -signal.SIGKILL
        assert contents(path.file) == old
        assert contents(path.backup_of_schema(1)) == old
        Database.open(path).close()
        assert contents(path.file) == new
        assert len(list(path.backups.glob("*-schema-1*.db"))) == 2, "no copy is written over another"


def test_without_a_copy_nothing_is_migrated(tmp_path: Path) -> None:
    """Where no backup can be written the old store stays as it is, and the error says so."""
    path = StorePath(tmp_path / "experiments.db")
    make_store(path.file, 2)
    path.backups.write_text("in the way")
    with pytest.raises(StoreError):
        Database.open(path)
    assert identify(path).version == 2
    path.backups.unlink()
    Database.open(path).close()
    assert identify(path).version == SCHEMA_VERSION
