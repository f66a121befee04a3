"""What a scheduler says and does when the machine, the disk, the clock or a person gets in its way."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import psutil
import pytest
from quick_runs import CPU, begun, enqueue, status_is, until

from bertft_tui.core import locks
from bertft_tui.core.boot import boot_id
from bertft_tui.core.errors import ReplacedStoreError, StoreError
from bertft_tui.core.journal import JournalWriter
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import launcher
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.intake import follow
from bertft_tui.core.scheduling.requests import place_request
from bertft_tui.core.scheduling.scheduler import Scheduler, patiently
from bertft_tui.core.scheduling.truth import settle
from bertft_tui.core.store import commands, history, ledger, plain_reading, queries
from bertft_tui.core.store.backup import back_up
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus

pytestmark = pytest.mark.usefixtures("quick_worker")


def message(db: Database, run_id: str) -> str:
    """What the store says went wrong."""
    error = queries.get_run(db, run_id).error
    assert error is not None
    return f"{error.title}. {error.message} {error.hint}"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({"boot_id": "another"}, "lost (reboot). The machine was restarted"),
        ({"host": "elsewhere"}, "another machine). Its process was on elsewhere"),
        ({}, "how is unknown"),
    ],
)
def test_how_a_run_was_lost_is_said_as_far_as_it_is_known(
    db: Database, scheduler: Scheduler, where: dict[str, object], words: str
) -> None:
    """A reboot, another machine, or nobody knows: the next scheduler marks the run and names no more than that."""
    run_id = begun(db, **where)
    scheduler.adopt()
    scheduler.step()
    assert queries.get_run(db, run_id).status is RunStatus.LOST
    assert words in message(db, run_id)


@pytest.mark.parametrize("status", [RunStatus.LOST, RunStatus.CANCELLED])
def test_a_stranger_with_a_reused_process_id_is_never_signalled(
    db: Database, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch, status: RunStatus
) -> None:
    """A run's process id that somebody else has by now is no sign of life, and is neither woken nor killed."""
    monkeypatch.setattr("bertft_tui.core.scheduling.requests.GRACE", -1.0)
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(command, start_new_session=True) as stranger:
        run_id = begun(db, pid=stranger.pid)
        if status is RunStatus.CANCELLED:
            commands.request(db, run_id, Request.CANCEL)
        scheduler.adopt()
        scheduler.step()
        assert history.attempts(db, run_id)[0].pid == stranger.pid
        assert queries.get_run(db, run_id).status is status
        with pytest.raises(subprocess.TimeoutExpired):
            stranger.wait(0.3)
        stranger.kill()


def test_a_worker_that_ends_takes_its_processes_along(db: Database, scheduler: Scheduler) -> None:
    """Nobody may be there to do it: its scheduler may have been killed meanwhile."""
    run_id = enqueue(db, "parent")
    until(lambda: plain_reading.series(db, run_id, "loss").steps, scheduler)
    children = psutil.Process(locks.holder(db.path.run(run_id).lock)).children()
    place_request(db.path.run(run_id), Request.STOP)
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
    until(status_is(db, run_id, RunStatus.STOPPED), scheduler)


def test_a_killed_worker_leaves_no_process_behind(db: Database, scheduler: Scheduler) -> None:
    """Data-loader processes of a worker that was killed go too; who else works in the directory stays."""
    run_id = enqueue(db, "parent")
    until(lambda: plain_reading.series(db, run_id, "loss").steps, scheduler)
    pid = locks.holder(db.path.run(run_id).lock)
    children = psutil.Process(pid).children()
    assert len(children) == 1
    person = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], cwd=db.path.run(run_id).path)
    os.kill(children[0].ppid(), signal.SIGKILL)
    until(status_is(db, run_id, RunStatus.LOST), scheduler)
    until(lambda: not children[0].is_running() or children[0].status() == psutil.STATUS_ZOMBIE)
    assert person.poll() is None
    person.kill()
    person.wait()


def test_a_stopped_process_is_not_lost(db: Database, scheduler: Scheduler) -> None:
    """A worker that sleeps, as all do when a laptop is closed, still runs; it goes on where it was."""
    run_id = enqueue(db, "patient")
    until(lambda: plain_reading.series(db, run_id, "loss").steps, scheduler)
    pid = locks.holder(db.path.run(run_id).lock)
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    deadline = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        scheduler.step()
        assert queries.get_run(db, run_id).status is RunStatus.RUNNING
    seen = len(plain_reading.series(db, run_id, "loss").steps)
    os.kill(pid, signal.SIGCONT)
    until(lambda: len(plain_reading.series(db, run_id, "loss").steps) > seen + 3, scheduler)


def test_a_clock_that_jumps_changes_nothing(
    db: Database, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour forward kills nobody who was asked to end, an hour back makes no duration negative."""
    real = time.time
    run_id = enqueue(db, "slow")
    until(status_is(db, run_id, RunStatus.RUNNING), scheduler)
    commands.request(db, run_id, Request.CANCEL)
    scheduler.step()
    monkeypatch.setattr(time, "time", lambda: real() + 3600)
    scheduler.step()
    monkeypatch.setattr(time, "time", lambda: real() - 7200)
    until(lambda: not scheduler.workers, scheduler)
    attempt = history.attempts(db, run_id)[0]
    assert (attempt.outcome, attempt.exit_code) == (RunStatus.CANCELLED, 0)
    assert attempt.lasted is not None
    assert 0 < attempt.lasted < 30
    assert 0 < queries.get_run(db, run_id).duration_seconds < 30


def test_the_queue_keeps_its_order_when_the_clock_is_set_back(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who came first starts first."""
    real = time.time
    first = enqueue(db, "quick")
    monkeypatch.setattr(time, "time", lambda: real() - 3600)
    second = enqueue(db, "quick")
    assert queries.queue_state(db).waiting == (first, second)


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, RunStatus.QUEUED), (errno.EACCES, RunStatus.FAILED)])
def test_a_full_disk_fails_no_run(
    db: Database, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch, number: int, status: RunStatus
) -> None:
    """What would befall every run of the queue holds the queue back; what is one run's own fault fails that run."""

    def refuse(*_: object, **__: object) -> object:
        raise OSError(number, os.strerror(number), "/some/where")

    run_id = enqueue(db, "quick")
    with monkeypatch.context() as broken:
        broken.setattr(launcher, "spawn", refuse)
        scheduler.step()
    state, held_back = queries.queue_state(db), status is RunStatus.QUEUED
    assert (queries.get_run(db, run_id).status, state.paused) == (status, held_back)
    if held_back:
        assert f"/some/where: {os.strerror(number)}" in state.reason
        commands.resume_queue(db)
        until(status_is(db, run_id, RunStatus.FINISHED), scheduler)
        assert [attempt.number for attempt in history.attempts(db, run_id)] == [1]


def test_a_store_that_is_busy_for_long_is_waited_for(
    db: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """While a stopped process holds the store's lock the scheduler tries again, and says so once."""
    monkeypatch.setattr("bertft_tui.core.store.write_lock.LOCK_TIMEOUT", 0.2)
    code = "import fcntl, sys, time\nfile = open(sys.argv[1], 'a')\nfcntl.flock(file, fcntl.LOCK_EX)\n"
    code += "print('held', flush=True)\ntime.sleep(60)"
    command = [sys.executable, "-c", code, str(db.path.write_lock)]
    run_id = enqueue(db, "quick")
    with Database.open(db.path) as impatient:
        mine = Scheduler(impatient, (CPU,))
        with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
            assert holder.stdout
            assert holder.stdout.readline() == b"held\n"
            tries = 0

            def step() -> bool:
                """Step, and let the other process go at the third try."""
                nonlocal tries
                tries += 1
                if tries == 3:
                    holder.kill()
                    holder.wait()
                return mine.step()

            assert patiently(step, mine.any_alive)
        until(lambda: not mine.workers, mine)
    assert queries.get_run(db, run_id).status is RunStatus.FINISHED
    assert capsys.readouterr().err.count("The store is busy") == 1


def test_a_store_that_stays_unusable_ends_the_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no worker alive there is nobody to wait for."""
    monkeypatch.setattr("bertft_tui.core.scheduling.scheduler.PATIENCE", 0.0)

    def step() -> bool:
        raise StoreError("The store cannot be used", "no such disk")

    with pytest.raises(StoreError):
        patiently(step, lambda: False)


def test_settings_that_were_changed_by_hand_are_not_taken(db: Database, scheduler: Scheduler) -> None:
    """A run that is resumed has the settings that it was begun with, or says which differ and what to do."""
    run_id = enqueue(db, "patient")
    until(status_is(db, run_id, RunStatus.RUNNING), scheduler)
    commands.request(db, run_id, Request.STOP)
    until(lambda: not scheduler.workers, scheduler)
    file = db.path.run(run_id).config
    before = file.read_text()
    for changed, words in (
        (before.replace("learning_rate = 5e-05", "learning_rate = 0.001"), "learning_rate 5e-5 → 0.001"),
        ("nonsense", "cannot be read"),
    ):
        file.write_text(changed)
        commands.request(db, run_id, Request.RESUME)
        until(lambda: queries.get_run(db, run_id).pending_request is None, scheduler)
        assert words in message(db, run_id)
        assert "run --from" in message(db, run_id) or "nonsense" in changed
    file.write_text(before)
    commands.request(db, run_id, Request.RESUME)
    until(status_is(db, run_id, RunStatus.RUNNING), scheduler)


def test_a_journal_that_was_replaced_is_read_again(db: Database) -> None:
    """A journal that is shorter than what was read is read from its start; it goes on behind what is known."""
    run_id = begun(db)
    directory, key = db.path.run(run_id), ledger.jobs(db, RunStatus.RUNNING)[0].key
    journal = JournalWriter(directory.events, after=ledger.jobs(db, RunStatus.RUNNING)[0].journal_seq)
    for step in range(1, 4):
        journal.write("metrics", step=step, values={"loss": 1 / step})
    journal.write("phase", phase="saving")
    assert follow(db, directory, key, 10**6) == directory.events.stat().st_size
    assert plain_reading.series(db, run_id, "loss").steps == (1, 2, 3)
    journal.close()


def test_a_deleted_directory_costs_an_adopted_run_nothing(db: Database, scheduler: Scheduler) -> None:
    """A worker that a new scheduler adopted is not taken for dead while it puts its directory back."""
    run_id = enqueue(db, "patient")
    until(lambda: len(plain_reading.series(db, run_id, "loss").steps) > 3, scheduler)
    second = Scheduler(db, (CPU,))
    second.adopt()
    rmtree(db.path.run(run_id).path)
    seen = len(plain_reading.series(db, run_id, "loss").steps)
    until(db.path.run(run_id).lock.exists, second)
    until(lambda: len(plain_reading.series(db, run_id, "loss").steps) > seen + 20, second)
    assert queries.get_run(db, run_id).status is RunStatus.RUNNING
    assert len(history.attempts(db, run_id)) == 1


def test_a_deleted_directory_and_a_kill_cost_no_line(db: Database, scheduler: Scheduler) -> None:
    """What a worker wrote into its journal after that was deleted, and before it was killed, is in the store."""
    run_id = enqueue(db, "patient")
    until(lambda: len(plain_reading.series(db, run_id, "loss").steps) > 3, scheduler)
    (handle,) = scheduler.workers.values()
    rmtree(db.path.run(run_id).path)
    time.sleep(0.2)
    handle.kill()
    until(status_is(db, run_id, RunStatus.LOST), scheduler)
    assert len(scheduler.journals) == 0
    said = Path(os.environ["BERTFT_RUNTIME_DIR"], f"{run_id}.acknowledged").read_text().split()
    assert set(map(int, said)) <= set(plain_reading.series(db, run_id, "loss").steps)


def test_a_journal_that_lost_its_end_goes_on_behind_what_is_known(db: Database, scheduler: Scheduler) -> None:
    """A power cut may take lines that the store has; what the next attempt writes is not taken for them."""
    run_id = enqueue(db, "patient")
    until(lambda: len(plain_reading.series(db, run_id, "loss").steps) > 20, scheduler)
    next(iter(scheduler.workers.values())).kill()
    until(status_is(db, run_id, RunStatus.LOST), scheduler)
    before = plain_reading.series(db, run_id, "loss").steps
    journal = db.path.run(run_id).events
    os.truncate(journal, journal.stat().st_size // 2)
    commands.request(db, run_id, Request.RESUME)
    until(lambda: len(plain_reading.series(db, run_id, "loss").steps) > len(before) + 5, scheduler)
    assert queries.get_run(db, run_id).status is RunStatus.RUNNING
    fresh = plain_reading.series(db, run_id, "loss").steps[len(before) :]
    assert fresh == tuple(range(fresh[0], fresh[0] + len(fresh)))
    assert fresh[0] % 100_000 == 1, "its first step is there"


def test_one_run_s_files_hold_up_no_other(
    db: Database, scheduler: Scheduler, capsys: pytest.CaptureFixture[str]
) -> None:
    """A request that cannot be placed is said once and tried again; runs beside it start and end."""
    stuck = enqueue(db, "deaf")
    until(status_is(db, stuck, RunStatus.RUNNING), scheduler)
    control = db.path.run(stuck).control
    control.rename(control.with_name("away"))
    control.write_text("in the way")
    commands.request(db, stuck, Request.STOP)
    scheduler.devices = (CPU, Device("mps", "another"))
    other = enqueue(db, "quick", **{"hardware.device": "mps"})
    until(status_is(db, other, RunStatus.FINISHED), scheduler)
    assert queries.get_run(db, stuck).pending_request == "stop"
    assert capsys.readouterr().err.count(f"{stuck}: ") == 1


def test_a_store_that_fails_while_a_run_is_started_leaves_no_run_behind(
    db: Database, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was taken when the disk filled up is started as soon as there is room."""

    def full(*_: object, **__: object) -> None:
        raise StoreError("The disk is full", "no room")

    run_id = enqueue(db, "quick")
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "about", full)
        with pytest.raises(StoreError):
            scheduler.step()
    assert queries.get_run(db, run_id).status is RunStatus.STARTING
    until(status_is(db, run_id, RunStatus.FINISHED), scheduler)


def test_a_store_that_was_replaced_is_opened_anew(db: Database) -> None:
    """The scheduler does not wait for the old one to come back, whoever is alive."""
    with Database.open(db.path) as open_one:
        copy = back_up(db.path)
        copy.replace(db.path.file)
        with pytest.raises(ReplacedStoreError):
            patiently(lambda: ledger.note_boot(open_one, boot_id()) is None, lambda: True)


def test_a_copy_starts_nothing_that_waits_in_it(db: Database, tmp_path: Path) -> None:
    """Whoever opens a backup looks at it; the trainings in its queue are not done twice."""
    enqueue(db, "quick")
    ledger.note_boot(db, boot_id())
    with Database.open(StorePath(back_up(db.path, tmp_path / "copy.db"))) as copy:
        ledger.note_boot(copy, boot_id())
        assert queries.queue_state(copy).paused
    assert not queries.queue_state(db).paused


@pytest.mark.parametrize("content", [b"", b"PAR1 and then nothing", b"PAR1" + bytes(100) + b"PAR1"])
def test_damaged_predictions_hold_nobody_up(db: Database, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be read is named in the scheduler's log; the run finishes without predictions."""
    run_id = begun(db)
    directory, key = db.path.run(run_id), ledger.jobs(db, RunStatus.RUNNING)[0].key
    directory.predictions.write_bytes(content)
    journal = JournalWriter(directory.events)
    for kind in ("warning", "predictions", "finished"):
        journal.write(kind, step=3)  # type: ignore[arg-type]
    journal.close()
    follow(db, directory, key, 0)
    assert queries.get_run(db, run_id).status is RunStatus.FINISHED
    assert history.predictions(db, run_id) is None
    assert "predictions.parquet" in capsys.readouterr().err


def test_a_look_shows_no_run_as_running_that_is_not(tmp_path: Path, until_gone: Callable[[StorePath], None]) -> None:
    """Whoever looks once, with no scheduler at work, waits until what vanished is marked."""
    path = StorePath(tmp_path / "looked" / "experiments.db")
    with Database.open(path) as db:
        run_id = begun(db)
        began = time.monotonic()
        settle(db)
        assert queries.get_run(db, run_id).status is RunStatus.LOST
        assert time.monotonic() - began < 15
        settle(db)
    until_gone(path)
