"""A store made again from run directories and backups, with journals of real worker processes."""

import json
import math
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bertft_tui.core import locks
from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import to_toml
from bertft_tui.core.errors import DamagedStoreError, RefusedError, StoreError
from bertft_tui.core.journal import EventType, JournalWriter
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import launcher
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.intake import follow
from bertft_tui.core.scheduling.launcher import describe
from bertft_tui.core.scheduling.rebuild import rebuild
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.store import commands, history, ledger, plain_reading, queries
from bertft_tui.core.store.backup import back_up
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import EvaluationRecord, RunRecord
from bertft_tui.core.store.status import Request, RunStatus
from bertft_tui.core.store.wholeness import fault_of

KILLED = Path(__file__).with_name("killed_rebuild.py")
SEED = "1"
CONFIG = RunConfig().with_settings({"data.dataset": "news.csv", "training.seed": 7})


@pytest.fixture
def path(tmp_path: Path) -> StorePath:
    """Where the store lies."""
    return StorePath(tmp_path / "experiments.db")


def say(path: StorePath, run_id: str, number: int = 0, steps: range = range(0), end: EventType | None = None) -> None:
    """Write into a run's journal what an attempt says from its begin, unless it has begun, up to its end, if any."""
    writer = JournalWriter(path.run(run_id).events)
    if steps:
        writer.write(
            "attempt", number=number, pid=7, host="here", device="cpu", device_reason="the only one", versions={}
        )
        writer.write("plan", max_steps=100, steps_per_epoch=10, labels=["a", "b"], train_rows=80, eval_rows=20)
    for step in steps:
        writer.write("metrics", step=step, epoch=step / 10, values={"loss": 1 / step})
        writer.write("progress", step=step, max_steps=100, epoch=step / 10)
        writer.write("checkpoint", step=step, path=f"checkpoints/checkpoint-{step}", bytes=5, best=True)
    if end is not None:
        writer.write(end)
    writer.close()


def take_all_in(db: Database, path: StorePath) -> None:
    """Take in what the journals say, as a scheduler does."""
    for job in ledger.jobs(db, RunStatus.STARTING, RunStatus.RUNNING):
        follow(db, path.run(job.id), job.key, job.journal_offset)


def launch(db: Database, name: str, **about: object) -> str:
    """A run that was taken from the queue, and whose directory is made; its process is acted."""
    run_id = commands.enqueue(db, CONFIG, name=name, **about)  # type: ignore[arg-type]
    begin(db, run_id)
    return run_id


def begin(db: Database, run_id: str) -> None:
    """Take a run from the queue, as a scheduler does."""
    job = next(job for job in ledger.jobs(db, RunStatus.QUEUED) if job.id == run_id)
    number = ledger.take(db, job, "cpu", "the only one")
    directory = db.path.run(run_id)
    describe(directory, ledger.about(db, job.key))
    directory.config.write_text(to_toml(CONFIG, comments=False))
    directory.launch.write_text(json.dumps({"attempt": number}))


@pytest.fixture
def before(path: StorePath) -> Iterator[dict[str, RunRecord]]:
    """A store with runs of every ending, and a backup in which some stand as they once were; then all by name."""
    with Database.open(path) as db:
        finished = launch(db, "finished", experiment="E")
        say(path, finished, 1, range(1, 6))
        take_all_in(db, path)
        resumed = launch(db, "resumed")
        say(path, resumed, 1, range(1, 6), "stopped")
        take_all_in(db, path)
        commands.annotate(db, finished, note="the best", tags=["base"])
        record = EvaluationRecord(5, "news.csv", "test", True, 10, {"accuracy": 0.5}, 1.0)
        commands.record_evaluation(db, finished, record)
        commands.request(db, resumed, Request.RESUME)
        commands.enqueue(db, CONFIG, name="waiting")
        path.backups.mkdir()
        back_up(path, path.daily_backup(date.today()))
        say(path, finished, end="finished")
        ledger.requeue(db, next(job.key for job in ledger.jobs(db, *RunStatus) if job.id == resumed))
        begin(db, resumed)
        say(path, resumed, 2, range(6, 9), "finished")
        parent = queries.get_run(db, finished)
        child = commands.enqueue(db, CONFIG.with_settings({"training.seed": 8}), parent=parent, name="child")
        begin(db, child)
        say(path, child, 1, range(1, 4))
        take_all_in(db, path)
        yield {run.name: run for run in queries.list_runs(db)}


def same(run: RunRecord) -> RunRecord:
    """A run without what a rebuilt store numbers anew or cannot know."""
    return replace(run, revision=0, pending_request=None)


def spoil(path: StorePath) -> bytes:
    """Overwrite the store's header; return what then stands there."""
    with path.file.open("rb+") as file:
        file.write(b"\xff" * 4096)
    return path.file.read_bytes()


def test_where_figures_went_wrong_is_rebuilt(path: StorePath) -> None:
    """A run that met NaN, one that diverged and went on, and one that ended for it have their steps again."""
    said: dict[str, list[tuple[EventType, dict[str, object]]]] = {
        "nan": [("metrics", {"step": 3, "epoch": 0.3, "values": {"loss": math.nan}}), ("finished", {})],
        "warned": [("warning", {"title": "It diverges", "diverged_step": 4}), ("finished", {})],
        "ended": [("error", {"title": "It diverges"}), ("failed", {"reason": "diverged", "step": 5})],
    }
    with Database.open(path) as db:
        for name, events in said.items():
            say(path, launched := launch(db, name), 1, range(1, 3))
            writer = JournalWriter(path.run(launched).events)
            for kind, fields in events:
                writer.write(kind, **fields)
            writer.close()
        take_all_in(db, path)
        before = {run.name: run for run in queries.list_runs(db)}
    steps = {name: (run.not_finite_step, run.diverged_step) for name, run in before.items()}
    assert steps == {"nan": (3, None), "warned": (None, 4), "ended": (None, 5)}
    spoil(path)
    rebuild(path)
    with Database.open(path) as db:
        for run in queries.list_runs(db):
            assert run.status is before[run.name].status
            assert (run.not_finite_step, run.diverged_step) == steps[run.name]


def test_a_damaged_store_is_rebuilt_from_backup_and_directories(
    path: StorePath, before: dict[str, RunRecord]
) -> None:
    """Each run is as it was; what people said is that of the backup; what has no end and no process is lost."""
    spoiled = spoil(path)
    with pytest.raises(DamagedStoreError):
        Database.open(path)
    done = rebuild(path)
    assert done.kept_aside is not None
    assert done.kept_aside.read_bytes() == spoiled
    assert done.base == path.daily_backup(date.today())
    assert (done.from_base, done.added) == (3, (before["child"].id,))
    assert (done.lost, done.waiting) == ((before["child"].id,), (before["waiting"].id,))
    assert fault_of(path) == ""
    assert path.file.stat().st_mode & 0o077 == 0
    assert not path.workshop.exists()
    with Database.open(path) as db:
        after = {run.name: run for run in queries.list_runs(db)}
        for name in ("finished", "resumed"):
            assert same(after[name]) == same(before[name])
        assert (after["finished"].note, after["finished"].tags) == ("the best", ("base",))
        assert history.evaluations(db, after["finished"].id)[0].metrics == {"accuracy": 0.5}
        assert [each.outcome for each in history.attempts(db, after["resumed"].id)] == ["stopped", "finished"]
        assert after["resumed"].metrics["loss"].count == 8
        child = after["child"]
        assert (child.status, child.parent, child.experiment) == (RunStatus.LOST, before["finished"].id, "E")
        assert child.error is not None
        assert (child.created_at, child.change_note) == (before["child"].created_at, before["child"].change_note)
        assert child.progress.step == 3
        assert queries.queue_state(db).reason
        assert ledger.open_requests(db) == [], "an old wish to resume is no wish of today"
        commands.request(db, child.id, Request.RESUME)


def test_without_a_backup_the_directories_are_enough(path: StorePath, before: dict[str, RunRecord]) -> None:
    """A deleted store whose backups are gone too: every started run is there, under the name of its launch."""
    shutil.rmtree(path.backups)
    path.file.unlink()
    for companion in path.companions:
        companion.unlink(missing_ok=True)
    done = rebuild(path)
    assert (done.base, done.kept_aside, len(done.added)) == (None, None, 3)
    with Database.open(path) as db:
        after = {run.name: run for run in queries.list_runs(db)}
        assert set(after) == {"finished", "resumed", "child"}
        for name in ("finished", "resumed"):
            mine, theirs = after[name], before[name]
            assert (mine.status, mine.config, mine.progress) == (RunStatus.FINISHED, theirs.config, theirs.progress)
            assert (mine.attempt, mine.created_at, mine.labels) == (theirs.attempt, theirs.created_at, theirs.labels)
            assert mine.duration_seconds == pytest.approx(theirs.duration_seconds)
            assert plain_reading.series(db, mine.id, "loss").steps == tuple(range(1, mine.progress.step + 1))


def test_rebuilding_again_changes_nothing(path: StorePath, before: dict[str, RunRecord]) -> None:
    """A whole store is left alone; forced, it is its own base and comes out the same."""
    spoil(path)
    rebuild(path)
    with pytest.raises(RefusedError, match="whole"):
        rebuild(path)
    with Database.open(path) as db:
        commands.annotate(db, before["child"].id, note="said since")
        once = [same(run) for run in queries.list_runs(db)]
    done = rebuild(path, force=True)
    assert (done.base, done.added, done.lost) == (path.file, (), ())
    assert done.kept_aside is not None
    with Database.open(path) as db:
        assert [same(run) for run in queries.list_runs(db)] == once


@pytest.mark.parametrize("forced", [False, True])
def test_whenever_a_rebuild_is_killed_a_store_is_there(
    path: StorePath, before: dict[str, RunRecord], tmp_path_factory: pytest.TempPathFactory, forced: bool
) -> None:
    """The old one, or the new one whole; one that was whole has all that was written to it at every moment."""
    with Database.open(path) as db:
        commands.annotate(db, before["child"].id, note="said last")
    assert path.companions[0].stat().st_size > 0, "the note stands in the write-ahead log alone"
    spoiled = None if forced else spoil(path)
    folder = tmp_path_factory.mktemp("killed") / "copies"
    command = [sys.executable, KILLED, path.file.parent, folder, SEED, *["--force"] * forced]
    moments = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    for number in range(moments + 1):
        mine = StorePath(folder / str(number) / path.file.name)
        if not forced and mine.file.read_bytes() == spoiled:
            assert number > 0
            rebuild(mine)
        assert fault_of(mine) == ""
        with Database.open(mine) as db:
            runs = {run.name: run for run in queries.list_runs(db)}
            assert set(runs) == set(before)
            assert runs["child"].progress.step == 3
            assert not forced or runs["child"].note == "said last"


def test_a_run_that_is_at_work_is_adopted_not_lost(path: StorePath, before: dict[str, RunRecord]) -> None:
    """Whoever holds its directory is at work: the run is running, and the next scheduler looks after it."""
    child = before["child"].id
    script = "import sys, time; from pathlib import Path; from bertft_tui.core import locks;"
    script += "held = locks.hold(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    worker = subprocess.Popen([sys.executable, "-c", script, path.run(child).lock], stdout=subprocess.PIPE)
    try:
        assert worker.stdout is not None
        worker.stdout.readline()
        spoil(path)
        done = rebuild(path)
        assert (done.running, done.lost) == ((child,), ())
        with Database.open(path) as db:
            assert queries.get_run(db, child).status is RunStatus.RUNNING
            scheduler = Scheduler(db, (Device("cpu", "2 cores"),))
            scheduler.adopt()
            assert [handle.directory.id for handle in scheduler.workers.values()] == [child]
    finally:
        worker.kill()
        worker.communicate()


def test_a_damaged_backup_is_passed_over(path: StorePath, before: dict[str, RunRecord]) -> None:
    """The newest backup that is whole is taken, not the newest."""
    assert before
    good = path.daily_backup(date.today())
    newer = path.backups / "experiments-2999-01-01.db"
    newer.write_bytes(good.read_bytes()[:9000])
    spoil(path)
    assert rebuild(path).base == good


def test_what_is_no_run_and_what_cannot_be_read_stop_nothing(path: StorePath, before: dict[str, RunRecord]) -> None:
    """Strange folders are passed over; a run whose settings cannot be read is there and says so."""
    child = path.run(before["child"].id)
    child.config.write_text("this is [no TOML")
    child.launched.write_text('{"name": 5, "created_at": "soon", "hub_environment": [], "parent": {}}')
    (path.runs / "notes").mkdir()
    (path.runs / "a file").write_text("")
    future = path.run("futurexx")
    future.create()
    future.config.write_text("[training]\nof_tomorrow = 1\nseed = 5\n[quantum]\nx = 1\n")
    spoil(path)
    assert set(rebuild(path).added) == {child.id, future.id}
    with Database.open(path) as db:
        odd = queries.get_run(db, child.id)
        assert odd.progress.step == 3
        assert odd.name
        later = queries.get_run(db, future.id)
        assert later.config.training.seed == 5
        assert later.status is RunStatus.LOST


def test_what_cannot_be_read_holds_up_no_other_run(path: StorePath, before: dict[str, RunRecord]) -> None:
    """A directory that cannot be read is named, and the rebuild brings all others."""
    journal = path.run(before["child"].id).events
    journal.unlink()
    journal.mkdir()
    spoil(path)
    done = rebuild(path)
    assert done.unreadable == (before["child"].id,)
    with Database.open(path) as db:
        assert {run.id for run in queries.list_runs(db, trashed=None)} == {run.id for run in before.values()}


def test_a_trashed_run_stays_in_the_trash(path: StorePath) -> None:
    """What the backup knows to be in the trash is not brought back to the table."""
    with Database.open(path) as db:
        run_id = launch(db, "trashed")
        say(path, run_id, 1, range(1, 2), "failed")
        with db.write() as connection:
            connection.exec_driver_sql("UPDATE annotation SET trashed_at = 5.0")
        path.backups.mkdir()
        back_up(path, path.daily_backup(date.today()))
    spoil(path)
    rebuild(path)
    with Database.open(path) as db:
        assert queries.get_run(db, run_id).trashed_at == 5.0


def test_when_a_rebuild_is_refused(path: StorePath, tmp_path: Path) -> None:
    """Without anything to make it from, for another program's file, in no folder: a sentence, nothing changed."""
    with pytest.raises(StoreError, match="no such folder"):
        rebuild(StorePath(tmp_path / "nowhere" / "experiments.db"))
    with pytest.raises(RefusedError, match="nothing to rebuild"):
        rebuild(path)
    path.file.write_text("a letter")
    with pytest.raises(StoreError, match="not a store"):
        rebuild(path)
    assert path.file.read_text() == "a letter"
    assert locks.holder(path.scheduler_lock) is None


def test_nothing_is_rebuilt_beside_a_scheduler(path: StorePath, before: dict[str, RunRecord]) -> None:
    """While one is at work the rebuild is refused; the way to end it is named."""
    assert before
    script = "import sys; from pathlib import Path; from bertft_tui.core import locks;"
    script += "held = locks.hold(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    pipe = subprocess.PIPE
    child = subprocess.Popen([sys.executable, "-c", script, path.scheduler_lock], stdin=pipe, stdout=pipe)
    assert child.stdout is not None
    child.stdout.readline()
    spoiled = spoil(path)
    with pytest.raises(RefusedError, match=str(child.pid)) as caught:
        rebuild(path)
    assert f"kill {child.pid}" in caught.value.problem.hint
    assert path.file.read_bytes() == spoiled
    child.communicate()


def test_a_started_run_carries_what_the_store_knows_of_it(path: StorePath, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheduler writes name, parent and change note into the directory before the first start."""
    monkeypatch.setattr(launcher, "spawn", lambda *_, **__: subprocess.Popen(["true"]))
    with Database.open(path) as db:
        parent = queries.get_run(db, commands.enqueue(db, CONFIG, name="parent"))
        changed = CONFIG.with_settings({"training.seed": 8})
        child = commands.enqueue(db, changed, parent=parent, name="the child", experiment="E")
        scheduler = Scheduler(db, (Device("cuda:0", "a", "GPU-a"), Device("cuda:1", "b", "GPU-b")))
        scheduler.step()
        said = json.loads(path.run(child).launched.read_text())
        record = queries.get_run(db, child)
        assert (said["name"], said["parent"], said["experiment"]) == ("the child", parent.id, "E")
        assert (said["created_at"], said["change_note"]) == (record.created_at, "seed 7 → 8")
        assert path.run(child).launched.stat().st_mode & 0o077 == 0
        for handle in scheduler.workers.values():
            assert handle.child is not None
            handle.child.wait()


def test_a_run_that_cannot_be_read_is_not_started(path: StorePath) -> None:
    """Settings of another version are not replaced by defaults on the way to a device: the run fails and says why."""
    with Database.open(path) as db:
        run_id = commands.enqueue(db, CONFIG)
        with db.write() as connection:
            connection.exec_driver_sql("UPDATE run SET config = json_set(config, '$.training.of_tomorrow', 1)")
        Scheduler(db, (Device("cpu", "a"),)).step()
        run = queries.get_run(db, run_id)
        assert (run.status, run.attempt) == (RunStatus.FAILED, 0)
        assert run.error is not None
        assert "of_tomorrow" in run.error.message
