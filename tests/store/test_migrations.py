"""Stores of older schemas: brought up to date with all that is in them, in one step that a kill cannot halve."""

import subprocess
import sys
from pathlib import Path

import pytest
from old_stores import contents, make_store

from bertft_tui.core.errors import StoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import history, plain_reading, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.schema import SCHEMA_VERSION, identify
from bertft_tui.core.store.wholeness import fault_of

KILLED = Path(__file__).with_name("killed_migration.py")
OLD = [1, 3, 5, 7]


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
        assert plain_reading.series(db, run.id, "loss").values == (0.25,)
        assert [attempt.lasted for attempt in history.attempts(db, run.id)] == [49.0]
    assert fault_of(path) == ""
    assert contents(path.backup_of_schema(version)) == before


@pytest.mark.parametrize("version", OLD)
def test_a_kill_at_any_statement_of_a_migration_changes_nothing(tmp_path: Path, version: int) -> None:
    """Before whichever statement the process dies, the store is the old one; the next opening completes it."""
    file, folder = tmp_path / "experiments.db", tmp_path / "killed"
    make_store(file, version, runs=20)
    old = contents(file)
    command = [sys.executable, KILLED, file, folder]
    statements = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    new = contents(folder / "0" / file.name)
    assert statements > 5
    assert new != old
    for number in range(1, statements + 1):
        path = StorePath(folder / str(number) / file.name)
        assert contents(path.file) == contents(path.backup_of_schema(version)) == old
        Database.open(path).close()
        assert contents(path.file) == new
        assert len(list(path.backups.glob("*-schema-*.db"))) == 2, "no copy is written over another"


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
