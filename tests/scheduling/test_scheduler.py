"""The scheduler against real processes: who starts, who is adopted, who is lost; nothing starts twice."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from quick_runs import CPU, enqueue, status_is, until

from bertft_tui.core import locks
from bertft_tui.core.journal import read_events
from bertft_tui.core.scheduling import launcher
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.scheduling.worker_handle import take_ticket_back
from bertft_tui.core.store import commands, history, ledger, plain_reading, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus

pytestmark = pytest.mark.usefixtures("quick_worker")


def test_runs_share_a_device_one_after_the_other(db: Database, scheduler: Scheduler) -> None:
    """Three runs on one processor: never two at once, in the order of the queue, all finished."""
    ids = [enqueue(db, "quick") for _ in range(3)]
    most = 0

    def all_done() -> bool:
        nonlocal most
        runs = queries.list_runs(db)
        most = max(most, sum(run.status.is_alive for run in runs))
        return all(run.status is RunStatus.FINISHED for run in runs)

    until(all_done, scheduler)
    starts = [queries.get_run(db, run_id).started_at or 0 for run_id in ids]
    assert starts == sorted(starts)
    assert most == 1
    assert len(plain_reading.series(db, ids[0], "loss").values) == 2


def test_a_busy_device_of_another_store_is_waited_for(db: Database, scheduler: Scheduler, tmp_path: Path) -> None:
    """The lease holds across stores: a worker of another one keeps ours waiting."""
    from bertft_tui.core.paths import device_lock

    code = "import sys,time; from bertft_tui.core import locks; from pathlib import Path\n"
    code += "f=locks.hold(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", code, str(device_lock("cpu"))], stdout=subprocess.PIPE)
    assert other.stdout
    assert other.stdout.readline() == b"held\n"
    run_id = enqueue(db, "quick")
    scheduler.step()
    scheduler.step()
    assert queries.get_run(db, run_id).status is RunStatus.QUEUED
    other.kill()
    other.communicate()
    until(status_is(db, run_id, RunStatus.FINISHED), scheduler)


def test_two_gpus_take_two_runs(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """`auto` spreads over the GPUs; a run that names a device waits for that one; one that names none fails."""
    gpus = (Device("cuda:0", "A", "GPU-a"), Device("cuda:1", "B", "GPU-b"), CPU)
    scheduler = Scheduler(db, gpus)
    one, two, three = (enqueue(db, "patient") for _ in range(3))
    asking = enqueue(db, "patient", **{"hardware.device": "cuda:7"})
    scheduler.step()
    runs = {run_id: queries.get_run(db, run_id) for run_id in (one, two, three, asking)}
    assert [runs[run_id].device for run_id in (one, two, three)] == ["cuda:0", "cuda:1", None]
    assert runs[asking].status is RunStatus.FAILED
    assert runs[asking].error is not None
    assert "cuda:7" in runs[asking].error.message
    for run_id in (one, two, three):
        commands.request(db, run_id, Request.CANCEL)
    until(lambda: all(run.status.is_finished for run in queries.list_runs(db)), scheduler)
    until(lambda: not scheduler.workers, scheduler)


@pytest.mark.parametrize(("kind", "end"), [(Request.STOP, RunStatus.STOPPED), (Request.CANCEL, RunStatus.CANCELLED)])
def test_requests_reach_a_live_worker(db: Database, scheduler: Scheduler, kind: Request, end: RunStatus) -> None:
    """Stop and cancel end a run in the status that they promise, and are then no longer pending."""
    run_id = enqueue(db, "patient")
    until(status_is(db, run_id, RunStatus.RUNNING), scheduler)
    commands.request(db, run_id, kind)
    until(status_is(db, run_id, end), scheduler)
    until(lambda: queries.get_run(db, run_id).pending_request is None, scheduler)
    until(lambda: not scheduler.workers, scheduler)
    attempt = history.attempts(db, run_id)[0]
    assert (attempt.outcome, attempt.exit_code) == (end, 0)


def test_a_queued_run_leaves_the_queue(db: Database, scheduler: Scheduler) -> None:
    """Stop of a run that waits cancels it: there is nothing to save."""
    commands.pause_queue(db, "test")
    run_id = enqueue(db, "quick")
    scheduler.step()
    commands.request(db, run_id, Request.STOP)
    scheduler.step()
    assert queries.get_run(db, run_id).status is RunStatus.CANCELLED


def test_a_deaf_worker_is_killed_after_its_grace(
    db: Database, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that does not answer a cancel is ended; the run is cancelled, not lost."""
    monkeypatch.setattr("bertft_tui.core.scheduling.requests.GRACE", 0.2)
    run_id = enqueue(db, "deaf")
    until(status_is(db, run_id, RunStatus.RUNNING), scheduler)
    commands.request(db, run_id, Request.CANCEL)
    until(status_is(db, run_id, RunStatus.CANCELLED), scheduler)
    assert history.attempts(db, run_id)[0].exit_signal == signal.SIGKILL


def test_resume_is_one_more_attempt(db: Database, scheduler: Scheduler) -> None:
    """A stopped run that is resumed runs again under the same id, told to go on; its times add up."""
    run_id = enqueue(db, "patient")
    until(status_is(db, run_id, RunStatus.RUNNING), scheduler)
    commands.request(db, run_id, Request.STOP)
    until(status_is(db, run_id, RunStatus.STOPPED), scheduler)
    before = queries.get_run(db, run_id).duration_seconds
    commands.request(db, run_id, Request.RESUME)  # at once: its process may still be on its way out
    until(status_is(db, run_id, RunStatus.RUNNING), scheduler)
    directory = db.path.run(run_id)
    assert json.loads(directory.launch.read_text())["resume"] is True
    commands.request(db, run_id, Request.STOP)
    until(status_is(db, run_id, RunStatus.STOPPED), scheduler)
    until(lambda: not scheduler.workers, scheduler)
    assert [attempt.number for attempt in history.attempts(db, run_id)] == [1, 2]
    assert queries.get_run(db, run_id).duration_seconds > before
    sequence = [event.seq for event, _ in read_events(directory.events)]
    assert sequence == list(range(1, len(sequence) + 1))


def test_a_resumed_run_that_leaves_the_queue_can_be_resumed_again(db: Database, scheduler: Scheduler) -> None:
    """Taking a resumed run out of the queue does not take its checkpoint from it."""
    run_id = enqueue(db, "patient")
    until(status_is(db, run_id, RunStatus.RUNNING), scheduler)
    commands.request(db, run_id, Request.STOP)
    until(lambda: not scheduler.workers, scheduler)
    commands.pause_queue(db, "test")
    commands.request(db, run_id, Request.RESUME)
    until(status_is(db, run_id, RunStatus.QUEUED), scheduler)
    commands.request(db, run_id, Request.CANCEL)
    until(status_is(db, run_id, RunStatus.STOPPED), scheduler)
    assert history.attempts(db, run_id)[0].outcome == "stopped"


def test_a_killed_worker_is_lost_within_two_seconds(db: Database, scheduler: Scheduler) -> None:
    """SIGKILL: the status, the signal, and every line that was flushed are in the store."""
    run_id = enqueue(db, "patient")
    until(lambda: len(plain_reading.series(db, run_id, "loss").steps) > 5, scheduler)
    pid = locks.holder(db.path.run(run_id).lock)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    took = until(status_is(db, run_id, RunStatus.LOST), scheduler)
    assert took < 2
    record = queries.get_run(db, run_id)
    assert record.error is not None
    assert "signal 9" in record.error.message
    written = [
        event.fields["step"] for event, _ in read_events(db.path.run(run_id).events) if event.type == "metrics"
    ]
    assert list(plain_reading.series(db, run_id, "loss").steps) == written


def test_a_new_scheduler_adopts_what_lives(db: Database, scheduler: Scheduler) -> None:
    """A scheduler that is gone leaves its worker; the next goes on reading where it was and starts nothing twice."""
    run_id = enqueue(db, "patient")
    until(status_is(db, run_id, RunStatus.RUNNING), scheduler)
    second = Scheduler(db, (CPU,))
    second.adopt()
    pid = locks.holder(db.path.run(run_id).lock)
    seen = len(plain_reading.series(db, run_id, "loss").steps)
    until(lambda: len(plain_reading.series(db, run_id, "loss").steps) > seen + 5, second)
    assert locks.holder(db.path.run(run_id).lock) == pid
    assert len(history.attempts(db, run_id)) == 1
    commands.request(db, run_id, Request.STOP)
    until(status_is(db, run_id, RunStatus.STOPPED), second)
    until(lambda: not second.workers, second)
    assert history.attempts(db, run_id)[0].exit_code is None, "nobody who adopted can know"


def test_a_worker_that_died_between_schedulers_is_lost(db: Database, scheduler: Scheduler) -> None:
    """Nobody saw how it ended, so the store says that it is unknown."""
    run_id = enqueue(db, "patient")
    until(status_is(db, run_id, RunStatus.RUNNING), scheduler)
    scheduler.workers[next(iter(scheduler.workers))].kill()
    second = Scheduler(db, (CPU,))
    until(lambda: locks.holder(db.path.run(run_id).lock) is None)
    second.adopt()
    until(status_is(db, run_id, RunStatus.LOST), second)
    error = queries.get_run(db, run_id).error
    assert error is not None
    assert "unknown" in error.message


@pytest.mark.parametrize("how_far", ["row", "ticket"])
def test_a_run_taken_but_never_started_goes_back(db: Database, how_far: str) -> None:
    """A scheduler killed between the row and the process: the run starts once, by the next one."""
    run_id = enqueue(db, "quick")
    attempt = ledger.take(db, ledger.jobs(db, RunStatus.QUEUED)[0], "cpu", "r")
    if how_far == "ticket":
        directory = db.path.run(run_id)
        directory.create()
        directory.start_ticket(attempt).touch()
    second = Scheduler(db, (CPU,))
    second.adopt()
    assert queries.get_run(db, run_id).status is RunStatus.QUEUED
    until(status_is(db, run_id, RunStatus.FINISHED), second)
    until(lambda: not second.workers, second)
    assert [attempt.number for attempt in history.attempts(db, run_id)] == [1]


def test_a_worker_whose_ticket_was_taken_back_ends_without_a_word(db: Database, scheduler: Scheduler) -> None:
    """A process that comes too late touches neither journal nor device."""
    run_id = enqueue(db, "quick")
    job = ledger.jobs(db, RunStatus.QUEUED)[0]
    attempt = ledger.take(db, job, "cpu", "r")
    child = launcher.start_worker(db.path.run(run_id), job.config, attempt=attempt, device=CPU, reason="r")
    assert take_ticket_back(db.path.run(run_id))
    assert child.wait(10) == 3
    assert not db.path.run(run_id).events.exists()


def test_a_worker_that_cannot_start_fails_with_its_log(db: Database, scheduler: Scheduler) -> None:
    """A broken installation is a failure with the reason in it, not a run that starts for ever."""
    run_id = enqueue(db, "crash")
    until(status_is(db, run_id, RunStatus.FAILED), scheduler)
    error = queries.get_run(db, run_id).error
    assert error is not None
    assert "no such library" in error.message
    assert error.title == "The worker could not start"


def test_two_who_stop_one_run_at_once_ask_once(db: Database, scheduler: Scheduler) -> None:
    """Neither is refused, the worker is told once, and the run stops."""
    code = """
import sys
from pathlib import Path
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request
with Database.open(StorePath(Path(sys.argv[1]))) as db:
    print("ready", flush=True)
    sys.stdin.readline()
    commands.request(db, sys.argv[2], Request.STOP)
"""
    run_id = enqueue(db, "patient")
    until(status_is(db, run_id, RunStatus.RUNNING), scheduler)
    command = [sys.executable, "-c", code, str(db.path.file), run_id]
    people = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for person in people:
        assert person.stdout
        assert person.stdout.readline() == "ready\n"
    for person in people:
        assert person.stdin
        person.stdin.write("now\n")
        person.stdin.flush()
    for person in people:
        person.communicate(timeout=30)
    assert [person.returncode for person in people] == [0, 0]
    assert [request.kind for request in ledger.open_requests(db)] == [Request.STOP]
    until(status_is(db, run_id, RunStatus.STOPPED), scheduler)
    until(lambda: not scheduler.workers, scheduler)
    assert ledger.open_requests(db) == []
    assert [attempt.exit_code for attempt in history.attempts(db, run_id)] == [0]
