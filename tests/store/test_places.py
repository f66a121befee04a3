"""Where a store lies: on a network file system, in a folder that cannot be written."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bertft_tui.core.errors import ReadOnlyStoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.presets import preset
from bertft_tui.core.store import commands, connecting, network, opening, queries
from bertft_tui.core.store.connecting import connect
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.wholeness import fault_of

DEMO = preset("demo").config
NOBODY = Path(__file__).with_name("nobody.py")


def has_log(file: Path) -> bool:
    """Whether a store is written through a write-ahead log."""
    with closing(connect(file)) as connection:
        return bool(connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal")


def mounted(monkeypatch: pytest.MonkeyPatch, **kinds: str) -> None:
    """Let the mount table say what lies where."""
    table = {Path("/"): "ext4", **{Path(place): kind for place, kind in kinds.items()}}
    monkeypatch.setattr(network, "mounts", lambda: table)


def test_the_mount_table_is_read() -> None:
    """The root is mounted, and every place has a kind."""
    table = network.mounts()
    assert table[Path("/")]
    assert all(table.values())


def test_a_store_on_a_network_has_no_log_and_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new store there is written without a write-ahead log, and works; on a local disk it gets one again."""
    path = StorePath(tmp_path / "experiments.db")
    mounted(monkeypatch, **{str(tmp_path): "nfs4"})
    with Database.open(path) as db:
        assert not has_log(path.file)
        commands.enqueue(db, DEMO)
        assert queries.count_runs(db) == 1
        assert "nfs4" in db.warnings[0].message
        assert not any(companion.exists() for companion in path.companions)
    mounted(monkeypatch)
    with Database.open(path) as db:
        assert has_log(path.file)
        assert db.warnings == ()
        assert queries.count_runs(db) == 1
    mounted(monkeypatch, **{str(tmp_path): "fuse.sshfs"})
    with Database.open(path) as db:
        assert not has_log(path.file), "a store that was brought there loses its log"
        assert queries.count_runs(db) == 1


def test_a_write_that_was_killed_without_a_log_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that a killed writer left is rolled back when the store is opened."""
    path = StorePath(tmp_path / "experiments.db")
    mounted(monkeypatch, **{str(tmp_path): "nfs"})
    with Database.open(path) as db:
        commands.enqueue(db, DEMO)
    script = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN IMMEDIATE'); c.execute('CREATE TABLE t (x)');"
        "c.execute('INSERT INTO t SELECT zeroblob(1000000)'); c.execute('DELETE FROM run'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, path.file], check=False)
    assert Path(f"{path.file}-journal").stat().st_size > 0
    with Database.open(path) as db:
        assert queries.count_runs(db) == 1
        assert db.read_only == ""
        assert fault_of(db.path) == ""


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are private."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@pytest.mark.parametrize("live", [False, True])
def test_somebody_who_may_not_write_can_look(public: Path, *, live: bool) -> None:
    """With a log or without, closed or open elsewhere: all runs are seen, and writing is a sentence."""
    path = StorePath(public / "experiments.db")
    with Database.open(path) as db:
        for _ in range(3):
            commands.enqueue(db, DEMO)
        if not live:
            db.close()
        for file in public.iterdir():
            if file.is_file():
                file.chmod(0o444)
        public.chmod(0o555)
        names = sorted(file.name for file in public.iterdir())
        said = subprocess.run([sys.executable, NOBODY, path.file], capture_output=True, text=True, check=False)
        if "PermissionError" in said.stderr or "ModuleNotFoundError" in said.stderr:
            pytest.skip("the libraries here can be read by root only")
        assert said.stderr == ""
        assert said.stdout.splitlines() == ["3 True", "This store can only be read"]
        assert sorted(file.name for file in public.iterdir()) == names
        public.chmod(0o755)


def test_a_store_that_cannot_be_written_is_read(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as the file system says no, nothing is written, no lock is made, and the reason is said."""
    commands.enqueue(db, DEMO)
    db.close()
    db.path.write_lock.unlink()
    for module in (connecting, opening):
        monkeypatch.setattr(module, "may_write", lambda file: False)
    with Database.open(db.path) as mine:
        assert queries.count_runs(mine) == 1
        assert "cannot be written" in mine.warnings[0].message
        with pytest.raises(ReadOnlyStoreError, match="can only be read"):
            commands.pause_queue(mine, "in vain")
    assert not db.path.write_lock.exists()
    monkeypatch.undo()
    with Database.open(db.path) as mine:
        assert not queries.queue_state(mine).paused
