"""Scheduler and worker frozen together, as a container or a virtual machine is, while a run is asked to end."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from harness import Stage
from result import Result

from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling.requests import carry_out
from bertft_tui.core.scheduling.worker_handle import WorkerHandle
from bertft_tui.core.store import commands, history, ledger, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus


@contextmanager
def _running(folder: Path) -> Iterator[tuple[Stage, str, int]]:
    """A stage with one patient run, and the process of its worker."""
    stage = Stage(folder, Result("frozen", 1))
    try:
        stage.look()
        stage.enqueue()
        run_id = stage.ids[0]
        assert stage.until(lambda: queries.ids_with(stage.db, RunStatus.RUNNING))
        yield stage, run_id, dict(stage.alive())[run_id]
    finally:
        stage.close()


def test_the_scheduler_sees_afterwards_how_its_worker_ends(tmp_path: Path) -> None:
    """It stays at work: one that comes after it is not the parent, and is never told the signal."""
    with _running(tmp_path) as (stage, run_id, worker):
        pids = [process.pid for process in stage.processes()]
        for number, seconds in ((signal.SIGSTOP, 2.5), (signal.SIGCONT, 2.5)):
            for pid in pids:
                os.kill(pid, number)
            time.sleep(seconds)
        os.kill(worker, signal.SIGKILL)
        assert stage.until(lambda: queries.ids_with(stage.db, RunStatus.LOST))
        attempt = history.last_attempt(stage.db, run_id)
        assert attempt is not None
        assert attempt.exit_signal == signal.SIGKILL


def test_no_worker_is_killed_that_had_no_time_to_end(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seconds of grace after a cancel count only while somebody was awake."""
    clock = (1000.0, 1001.0, *(1030.0 + more for more in range(12)))
    now, killed = [clock[0]], list[float]()
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(WorkerHandle, "kill", lambda handle: killed.append(now[0]))
    run_id = commands.enqueue(db, RunConfig())
    ledger.take(db, ledger.jobs(db, RunStatus.QUEUED)[0], "cpu", "")
    commands.request(db, run_id, Request.CANCEL)
    job = ledger.jobs(db, RunStatus.STARTING)[0]
    db.path.run(run_id).create()
    workers = {job.key: WorkerHandle(job.key, db.path.run(run_id), "cpu", 1)}
    for now[0] in clock:
        carry_out(db, workers, lambda run_id: nullcontext())
    assert killed[0] == 1039.0  # after a second, one at most of the long pause, and nine: the first beyond the ten
