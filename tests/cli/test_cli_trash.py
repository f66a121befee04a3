"""The trash on the command line: delete, restore, purge, and the ledger that says what they are about."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from acted_runs import ActedRun
from command_lab import Answer

from bertft_tui.core.scheduling.disk_ledger import take_stock
from bertft_tui.core.store import commands, queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request

Cli = Callable[..., Answer]


def ended(db: Database, name: str, megabytes: int = 1) -> ActedRun:
    """A finished run with a checkpoint of so many megabytes."""
    run = ActedRun(db, name).start().train(40).finish()
    directory = db.path.run(run.id)
    directory.create()
    directory.log.write_text("a line\n")
    checkpoint = directory.checkpoints / "checkpoint-38"
    checkpoint.mkdir()
    (checkpoint / "model.safetensors").write_bytes(b"m" * (megabytes * 1_000_000))
    return run


def listed(cli: Cli, *options: str) -> list[str]:
    """The names that a list shows."""
    return [run["name"] for run in json.loads(cli("list", "--json", *options).out)]


def test_a_run_goes_to_the_trash_and_comes_back(cli: Cli, store: Database) -> None:
    """What each command says, as text and as JSON; the list of the trash has sizes; `show` says where the run is."""
    kept, run = ended(store, "kept"), ended(store, "bad", 3)
    answer = cli("delete", "bad")
    assert answer.code == 0
    assert f"{run.id}  bad: in the trash; `bertft-tui restore {run.id}` takes it out." in answer.out
    assert "`bertft-tui purge`" in answer.out
    assert (listed(cli), listed(cli, "--trash")) == (["kept"], ["bad"])
    (document,) = json.loads(cli("list", "--trash", "--json").out)
    assert 3_000_000 < document["bytes"] < 3_200_000
    table = cli("list", "--trash")
    assert "bad" in table.out
    assert "3.0" in table.out
    assert "Only `bertft-tui purge` frees these 3.0" in table.err
    shown = cli("show", "bad").out
    assert f"in it since 20{time.strftime('%y-%m-%d')}" in shown
    assert json.loads(cli("show", "bad", "--json").out)["trashed_at"].endswith("Z")
    (restored,) = json.loads(cli("restore", "bad", "--json").out)
    assert (restored["id"], restored["trashed_at"]) == (run.id, None)
    assert listed(cli) == ["bad", "kept"]
    assert "the trash is empty" in cli("list", "--trash").err.lower()
    (deleted,) = json.loads(cli("delete", kept.id, "--json").out)
    assert deleted["trashed_at"] is not None
    assert cli("restore", "kept").out == f"{kept.id}  kept: out of the trash, finished.\n"


@pytest.mark.usefixtures("living")
def test_refusals_name_the_run_and_change_nothing(cli: Cli, store: Database) -> None:
    """All or none; a live run, one in the trash twice, a restore of what is not in it, a resume from it."""
    fine, alive = ended(store, "fine"), ActedRun(store, "alive").start()
    stopped = ActedRun(store, "stopped").start().say("stopped")
    answer = cli("delete", "fine", "alive")
    assert (answer.code, answer.out) == (2, "")
    assert f"{alive.id}: It is running." in answer.err
    assert "Stop or cancel it first." in answer.err
    assert "not in the trash" in cli("restore", "fine").err
    assert len(listed(cli)) == 3
    cli("delete", "stopped")
    refused = cli("resume", "stopped")
    assert refused.code == 2
    assert f"{stopped.id} (stopped): It is in the trash." in refused.err
    assert "in the trash already" in cli("delete", "stopped").err
    assert "not in the trash" in cli("purge", "fine", "--yes").err
    assert queries.get_run(store, fine.id).trashed_at is None
    commands.request(store, alive.id, Request.STOP)


def test_a_name_means_the_run_that_the_command_is_about(cli: Cli, store: Database) -> None:
    """Of two runs of one name, `show` means the one outside the trash, `restore` and `purge` the one in it."""
    old = ended(store, "twin")
    cli("delete", "twin")
    new = ended(store, "twin")
    assert json.loads(cli("show", "twin", "--json").out)["id"] == new.id
    assert json.loads(cli("show", old.id, "--json").out)["id"] == old.id
    assert old.id in cli("restore", "twin").out
    assert cli("show", "twin").code == 2
    cli("delete", old.id)
    assert json.loads(cli("purge", "twin", "--yes", "--json").out)["runs"] == [old.id]
    assert listed(cli) == ["twin"]


def test_a_purge_asks_or_is_told(cli: Cli, store: Database) -> None:
    """Without a terminal it refuses and says what it would do; with --yes it says what it freed."""
    runs = [ended(store, f"run {number}") for number in range(3)]
    cli("delete", *[run.id for run in runs[:2]])
    refused = cli("purge")
    assert (refused.code, refused.out) == (2, "")
    assert "It would remove 2 runs and free 2.0" in refused.err
    assert "Add --yes" in refused.err
    assert len(listed(cli, "--trash")) == 2
    purged = json.loads(cli("purge", runs[0].id, "--yes", "--json").out)
    assert (purged["runs"], purged["gone"], purged["problems"]) == ([runs[0].id], [], [])
    assert 1_000_000 < purged["bytes"] < 1_100_000
    assert cli("purge", "-y").out.startswith("1 run purged, 1.0")
    assert cli("purge", "-y").out == "The trash is empty.\n"
    assert listed(cli) == ["run 2"]
    assert [path.name for path in store.path.runs.iterdir()] == [runs[2].id]
    assert cli("purge", runs[0].id, "-y").code == 2


@pytest.mark.parametrize(("answer", "left"), [("n", 1), ("y", 0)])
def test_on_a_terminal_the_answer_counts(
    cli: Cli, store: Database, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    """The question has the number of runs and of bytes."""
    ended(store, "one")
    cli("delete", "one")
    main, side = os.openpty()
    os.write(main, f"{answer}\n".encode())
    with open(side, closefd=False) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
        said = cli("purge")
    os.close(main)
    os.close(side)
    assert "Purge 1 run? This frees 1.0" in said.err
    assert ("Nothing was purged." in said.err) == bool(left)
    assert len(listed(cli, "--trash")) == left


def test_the_ledger_counts_each_byte_once(store: Database, tmp_path: Path) -> None:
    """Kinds, trash, directories without a run, runs without one, leftovers; hard links once, links not followed."""
    big, small, gone = ended(store, "big", 4), ended(store, "small"), ended(store, "gone")
    directory = store.path.run(big.id)
    os.link(directory.checkpoints / "checkpoint-38" / "model.safetensors", directory.checkpoints / "best.safetensors")
    directory.predictions.write_bytes(b"p" * 200_000)
    outside = tmp_path / "outside"
    outside.write_bytes(b"x" * 5_000_000)
    (directory.path / "link").symlink_to(outside)
    with (directory.path / "sparse").open("wb") as file:
        file.truncate(1_000_000_000)
    directory.staging.mkdir()
    (directory.staging / "half").write_bytes(b"h" * 300_000)
    (store.path.runs / "stranger").mkdir()
    (store.path.runs / "stranger" / "file").write_bytes(b"s" * 100_000)
    store.path.doomed("abc").mkdir()
    (store.path.doomed("abc") / "file").write_bytes(b"d" * 100_000)
    store.path.run(gone.id).path.rename(tmp_path / "taken away")
    trash.throw_away(store, [small.id])
    found = take_stock(store)
    kinds = found.in_runs
    assert 4_000_000 < kinds.checkpoints < 4_100_000
    assert 200_000 <= kinds.predictions < 220_000
    assert kinds.other < 100_000
    assert (kinds.staging, [held.id for held in found.runs], [held.id for held in found.trash]) == (
        0, [big.id], [small.id],
    )  # fmt: skip
    assert 400_000 < found.leftovers < 450_000
    assert (found.missing, [held.id for held in found.orphans]) == ((gone.id,), ["stranger"])
    assert 1_400_000 < found.to_free < 1_500_000
    assert found.total == kinds.total + found.to_free + found.orphans[0].usage.total + found.store
    assert found.free > 0


def test_the_examination_shows_the_ledger(cli: Cli, store: Database) -> None:
    """The largest runs by name, what the trash holds and that only a purge frees it; `--json` has the numbers."""
    for number in range(7):
        ended(store, f"run {number}", number + 1)
    cli("delete", "run 6")
    (store.path.runs / "stranger").mkdir()
    out = cli("doctor").out
    space = next(line for line in out.splitlines() if " space " in line)
    assert "the largest runs:" in space
    assert "run 5" in space
    assert "run 0" not in space
    assert "1 run, 7.0" in next(line for line in out.splitlines() if " trash " in line)
    assert "Only `bertft-tui purge` frees these 7.0" in out
    assert "1 directory without a run" in out
    checks = {check["name"]: check for check in json.loads(cli("doctor", "--json").out)["checks"]}
    numbers = checks["space"]["numbers"]
    assert [run["name"] for run in numbers["runs"]] == [f"run {number}" for number in reversed(range(6))]
    assert numbers["kinds"]["trash"] == numbers["to_free"] == numbers["trash"][0]["bytes"] > 7_000_000
    assert numbers["total"] > 27_000_000


def test_a_thousand_directories_are_measured_in_a_blink(store: Database) -> None:
    """The ledger of a thousand runs, ten files each, takes well under a second."""
    for number in range(1000):
        place = store.path.runs / f"r{number:04}"
        (place / "checkpoints" / "checkpoint-1").mkdir(parents=True)
        for name in ("config.toml", "events.jsonl", "train.log", "run.lock", "checkpoints/checkpoint-1/model"):
            (place / name).touch()
    began = time.process_time()
    assert len(take_stock(store).orphans) == 1000
    assert time.process_time() - began < 0.8


def test_optimizer_states_of_finished_runs_are_freed(cli: Cli, store: Database) -> None:
    """The examination says how much there is, `purge --optimizer` frees it, and a run that may go on is refused."""
    run, stopped = ended(store, "done"), ActedRun(store, "stopped").start().say("stopped")
    checkpoint = store.path.run(run.id).checkpoints / "checkpoint-38"
    (checkpoint / "optimizer.pt").write_bytes(b"o" * 2_000_000)
    (checkpoint / "manifest.json").write_text('{"step": 38, "files": {"model.safetensors": {}, "optimizer.pt": {}}}')
    assert "`bertft-tui purge --optimizer` frees 2" in cli("doctor").out
    refused = cli("purge", "--optimizer", "stopped", "-y")
    assert (refused.code, "is stopped: only a run that has finished" in refused.err) == (2, True)
    assert "remove the optimizer's state of 1 finished run and free 2" in cli("purge", "--optimizer").err
    freed = json.loads(cli("purge", "--optimizer", "-y", "--json").out)
    assert (freed["runs"], freed["problems"], freed["bytes"] > 1_990_000) == ([run.id], [], True)
    assert {path.name for path in checkpoint.iterdir()} == {"model.safetensors", "manifest.json"}
    assert cli("purge", "--optimizer", "done").out == "0 B freed; the models are as they were.\n"
    assert queries.get_run(store, stopped.id).trashed_at is None
