"""Commands about the store itself: its backup, its rebuilding, what is said of where it lies."""

import json
import os
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from command_lab import Answer

from bertft_tui.core.paths import StorePath, resolve_store
from bertft_tui.core.presets import preset
from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.store import commands, network, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.wholeness import fault_of
from bertft_tui.tui.cli import launch

Cli = Callable[..., Answer]
DEMO = preset("demo").config


@pytest.fixture
def path() -> StorePath:
    """The store that the commands use by themselves, with a run that is not to start."""
    path = resolve_store()
    with Database.open(path) as db:
        commands.pause_queue(db, "a test")
        commands.enqueue(db, DEMO, name="mine")
    return path


def check(document: Any, name: str) -> Any:
    """One check of the doctor's."""
    return next(each for each in document["checks"] if each["name"] == name)


def test_a_backup_by_hand(cli: Cli, path: StorePath, tmp_path: Path) -> None:
    """It says where the copy is; a second one needs another name, or --force."""
    target = tmp_path / "copy.db"
    document = json.loads(cli("backup", str(target), "--json").out)
    assert document == {
        "store": str(path.file), "backup": str(target), "bytes": target.stat().st_size, "revision": 2
    }  # fmt: skip
    assert fault_of(StorePath(target)) == ""
    refused = cli("backup", str(target))
    assert (refused.code, refused.out) == (2, "")
    assert "--force" in refused.err
    answer = cli("backup", str(target), "--force")
    assert (answer.code, answer.err) == (0, "")
    assert str(target) in answer.out
    assert cli("backup").code == 0
    assert len(list(path.backups.glob(f"{path.file.stem}-{date.today()}-*.db"))) == 1


def test_a_damaged_store_is_named_by_every_command_and_rebuilt_by_one(cli: Cli, path: StorePath) -> None:
    """What `list` says leads to what mends it."""
    with path.file.open("rb+") as file:
        file.write(b"\xff" * 4096)
    answer = cli("list")
    assert (answer.code, answer.out) == (2, "")
    assert "doctor --rebuild" in answer.err
    assert cli("doctor").code == 1
    done = json.loads(cli("doctor", "--rebuild", "--json").out)
    assert done["from_base"] == 1
    assert Path(done["kept_aside"]).read_bytes()[:4] == b"\xff" * 4
    assert "mine" in cli("list").out
    again = cli("doctor", "--rebuild")
    assert again.code == 2
    assert "whole" in again.err
    forced = cli("doctor", "--rebuild", "--force")
    assert (forced.code, forced.err) == (0, "")
    assert "kept" in forced.out


def test_the_doctor_sees_a_store_that_has_gone(cli: Cli, path: StorePath) -> None:
    """A missing file with backups beside it is a failure, and no command makes an empty one in its place."""
    path.file.unlink()
    answer = cli("doctor")
    assert answer.code == 1
    assert "doctor --rebuild" in answer.out
    assert cli("run", "--preset", "demo").code == 2
    assert not path.file.exists()


def test_the_doctor_knows_the_backups(cli: Cli, path: StorePath) -> None:
    """A backup that is days behind a changed store is a warning, a store older than its backup a failure."""
    assert check(json.loads(cli("doctor", "--json").out), "backups")["state"] == "ok"
    today = path.daily_backup(date.today())
    old = today.rename(path.daily_backup(date.today() - timedelta(days=5)))
    os.utime(old, (time.time() - 5 * 86_400,) * 2)
    path.backups.rename(path.backups.with_name("aside"))
    path.backups.write_text("in the way of a backup")
    with Database.open(path) as db:
        commands.resume_queue(db)
        commands.pause_queue(db, "again")
    path.backups.unlink()
    path.backups.with_name("aside").rename(path.backups)
    stale = check(json.loads(cli("doctor", "--json").out), "backups")
    assert stale["state"] == "warn"
    assert "5 days" in stale["message"]
    newer = Path(json.loads(cli("backup", "--json").out)["backup"])
    path.file.write_bytes(old.read_bytes())
    newer.rename(path.daily_backup(date.today()))
    assert check(json.loads(cli("doctor", "--json").out), "backups")["state"] == "fail"
    path.daily_backup(date.today()).write_text("no database")
    damaged = check(json.loads(cli("doctor", "--json").out), "backups")
    assert damaged["state"] == "warn"
    assert damaged["message"] == f"The newest cannot be read: {path.daily_backup(date.today())}."


def test_whoever_launches_on_a_network_file_system_is_told(
    cli: Cli, path: StorePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line on stderr from a command that launches, none from one that looks; stdout stays a document."""
    monkeypatch.setattr(network, "mounts", lambda: {Path("/"): "nfs4"})
    monkeypatch.setattr(launch, "check", lambda grid: [*map(Checked, grid.configs)])
    monkeypatch.setattr(launch, "ensure_running", lambda db: None)
    answer = cli("run", "--preset", "demo", "--json")
    assert json.loads(answer.out)["status"] == "queued"
    assert [line for line in answer.err.splitlines() if "nfs4" in line] == [answer.err.splitlines()[0]]
    assert cli("list").err == ""
    assert check(json.loads(cli("doctor", "--json").out), "disk")["state"] == "warn"
    with Database.open(path) as db:
        assert queries.count_runs(db) == 2
