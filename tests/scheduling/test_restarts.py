"""After a restart of the machine nothing starts by itself, and a process that comes late starts nothing twice."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from quick_runs import CPU, QUICK_WORKER, enqueue, status_is, until

from bertft_tui.core import locks
from bertft_tui.core.boot import boot_id
from bertft_tui.core.journal import JournalWriter
from bertft_tui.core.scheduling import launcher, scheduler
from bertft_tui.core.scheduling.intake import follow
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.store import commands, history, ledger, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus

_EARLIER = "the boot before"


@pytest.fixture
def before(db: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A store that was last used before the machine was restarted."""
    monkeypatch.setattr(commands, "boot_id", lambda: _EARLIER)
    ledger.note_boot(db, _EARLIER)
    return db


def _taken(db: Database) -> str:
    """A run that was taken for a device, its ticket not yet used."""
    run_id = enqueue(db, "patient")
    attempt = ledger.take(db, ledger.jobs(db, RunStatus.QUEUED)[0], "cpu", "r")
    db.path.run(run_id).create()
    db.path.run(run_id).start_ticket(attempt, "a").touch()
    return run_id


def _begun(db: Database, *ending: tuple[str, dict[str, object]]) -> str:
    """A run whose journal says that it began, and what more; the store has read the first line."""
    run_id = _taken(db)
    directory, key = db.path.run(run_id), ledger.jobs(db, RunStatus.STARTING)[0].key
    directory.start_ticket(1, "a").unlink()
    journal = JournalWriter(directory.events)
    journal.write("attempt", number=1, pid=7, host="here", boot_id=_EARLIER, versions={})
    follow(db, directory, key, 0)
    for kind, fields in ending:
        journal.write(kind, **fields)  # type: ignore[arg-type]
    journal.close()
    return run_id


def _resumed(db: Database) -> str:
    """A run that was stopped and asked to be resumed."""
    run_id = _begun(db, ("stopped", {}))
    follow(db, db.path.run(run_id), ledger.jobs(db, RunStatus.RUNNING)[0].key, 0)
    commands.request(db, run_id, Request.RESUME)
    return run_id


def _out_of_memory(db: Database) -> str:
    """A run that would be tried again by itself."""
    return _begun(db, ("failed", {"reason": "out_of_memory", "during": "training"}))


@pytest.mark.parametrize("make", [_taken, _resumed, _out_of_memory])
def test_nothing_starts_by_itself(
    before: Database, make: Callable[[Database], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was about to start, or asked to be resumed, waits for a key; one that failed is not tried again."""

    def start(*_: object, **__: object) -> None:
        raise AssertionError("a run was started")

    monkeypatch.setattr(scheduler, "start_worker", start)
    monkeypatch.setattr(scheduler, "LINGER", 0.5)
    run_id = make(before)
    assert scheduler.serve(before.path)
    status, state = queries.get_run(before, run_id).status, queries.queue_state(before)
    if make is _out_of_memory:
        assert status is RunStatus.FAILED
        assert not state.paused, "nothing waits"
    else:
        assert status is RunStatus.QUEUED
        assert "restarted" in state.reason


def test_a_run_enqueued_after_the_restart_starts(
    before: Database, quick_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue is not paused for a run that somebody has just launched; the one that was under way is lost."""
    lost = _begun(before)
    monkeypatch.setattr(commands, "boot_id", boot_id)
    run_id = enqueue(before, "quick")
    monkeypatch.setattr(scheduler, "LINGER", 0.5)
    assert scheduler.serve(before.path)
    assert queries.get_run(before, run_id).status is RunStatus.FINISHED
    error = queries.get_run(before, lost).error
    assert error is not None
    assert error.title.startswith("The run was lost")


def test_who_lets_the_queue_go_on_first_is_heard(
    before: Database, quick_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word to go on counts, also when no scheduler has yet seen that the machine was restarted."""
    run_id = enqueue(before, "quick")
    monkeypatch.setattr(commands, "boot_id", boot_id)
    commands.resume_queue(before)
    monkeypatch.setattr(scheduler, "LINGER", 0.5)
    assert scheduler.serve(before.path)
    assert queries.get_run(before, run_id).status is RunStatus.FINISHED


def test_a_process_that_comes_late_takes_no_later_ticket(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler is killed while its worker still imports; the next one starts the run anew, which alone runs."""
    delays, processes = iter([0.6, 1.2]), list[subprocess.Popen[bytes]]()

    def start(words: list[str], log: Path, *, cwd: Path, environment: dict[str, str] | None = None) -> object:
        argv = [str(QUICK_WORKER), *words[1:]]
        code = f"import time, runpy, sys; time.sleep({next(delays)}); sys.argv = {argv!r}; "
        code += "runpy.run_path(sys.argv[0], run_name='__main__')"
        with log.open("ab") as output:
            command = [sys.executable, "-c", code]
            processes.append(subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True, cwd=cwd))
        return processes[-1]

    monkeypatch.setattr(launcher, "spawn", start)
    run_id = enqueue(db, "patient")
    Scheduler(db, (CPU,)).step()
    assert queries.get_run(db, run_id).status is RunStatus.STARTING
    second = Scheduler(db, (CPU,))
    second.adopt()
    assert queries.get_run(db, run_id).status is RunStatus.QUEUED
    try:
        until(status_is(db, run_id, RunStatus.RUNNING), second)
        assert processes[0].wait(10) == 3
        assert locks.holder(db.path.run(run_id).lock) == processes[1].pid
        commands.request(db, run_id, Request.STOP)
        until(status_is(db, run_id, RunStatus.STOPPED), second)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert [attempt.number for attempt in history.attempts(db, run_id)] == [1]
