"""Where stores and run directories lie."""

import platform
from pathlib import Path

import platformdirs
import pytest

from bertft_tui.core.errors import StoreError
from bertft_tui.core.paths import RunDirectory, StorePath, device_lock, resolve_store


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in an empty folder, with nothing named in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BERTFT_DB", raising=False)


def test_the_store_is_found_in_the_order_that_is_documented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The named one, else the environment's, else the one here, else the user's own."""
    assert resolve_store().file == platformdirs.user_data_path("bertft-tui") / "experiments.db"
    (tmp_path / "experiments.db").touch()
    assert resolve_store().file == tmp_path / "experiments.db"
    monkeypatch.setenv("BERTFT_DB", "environment.db")
    assert resolve_store().file == tmp_path / "environment.db"
    assert resolve_store("named.db").file == tmp_path / "named.db"


def test_a_deleted_store_is_still_the_one_that_is_meant(tmp_path: Path) -> None:
    """Runs or backups that it left keep another store from being used in its place without a word."""
    run = StorePath(tmp_path / "experiments.db").run("abc")
    run.create()
    assert resolve_store().file != tmp_path / "experiments.db", "an empty folder is no run"
    run.config.touch()
    assert resolve_store().file == tmp_path / "experiments.db"


@pytest.mark.parametrize(
    ("url", "file"),
    [("sqlite:///runs.db", "runs.db"), ("sqlite:////tmp/runs.db", "/tmp/runs.db"), ("~nobody-here/x.db", None)],
)
def test_urls_and_homes_are_read(url: str, file: str | None, tmp_path: Path) -> None:
    """SQLite's URLs have three slashes for a relative path and four for an absolute one."""
    assert resolve_store(url).file == tmp_path / (file or url)


@pytest.mark.parametrize("url", ["postgresql://host/db", "sqlite://", "sqlite:///"])
def test_other_databases_are_refused_with_a_sentence(url: str) -> None:
    """Another kind of database, or none at all, is an error and not another store."""
    with pytest.raises(StoreError) as caught:
        resolve_store(url)
    assert "--db experiments.db" in caught.value.problem.hint


def test_everything_of_a_store_lies_beside_it(tmp_path: Path) -> None:
    """Locks, log and run directories stand in the store's folder, under its name."""
    store = StorePath(tmp_path / "lab.db")
    assert store.runs == tmp_path / "lab-runs"
    assert store.run("abc").path == tmp_path / "lab-runs" / "abc"
    assert {path.name for path in (store.write_lock, store.scheduler_lock, store.scheduler_log)} == {
        "lab.db.write.lock",
        "lab.db.scheduler.lock",
        "lab.db.scheduler.log",
    }


def test_run_directories_are_private(tmp_path: Path) -> None:
    """Nobody else can look into a run; making one twice changes nothing."""
    run = RunDirectory(tmp_path / "runs" / "abc")
    run.create()
    run.create()
    assert run.id == "abc"
    for folder in (run.path.parent, run.path, run.control, run.checkpoints):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_device_has_one_lock_for_all_stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock's name comes from the device alone."""
    monkeypatch.setenv("BERTFT_RUNTIME_DIR", str(tmp_path))
    assert device_lock("cuda:0") == tmp_path / f"{platform.node()}-cuda-0.lock"
    assert device_lock("cpu") != device_lock("cuda:0")
