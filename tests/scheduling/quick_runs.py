"""Runs of the quick worker, and waiting for them while schedulers step."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

from bertft_tui.core.boot import boot_id
from bertft_tui.core.config import RunConfig
from bertft_tui.core.journal import Event
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.store import commands, ledger, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.intake import take_in
from bertft_tui.core.store.status import RunStatus

CPU = Device("cpu", "2 processor cores")
QUICK_WORKER = Path(__file__).with_name("quick_worker.py")


def enqueue(db: Database, behaviour: str, **settings: object) -> str:
    """Queue a run of the quick worker."""
    return commands.enqueue(db, RunConfig().with_settings({"data.dataset": behaviour, **settings}), name=behaviour)


def begun(db: Database, **where: object) -> str:
    """A run whose worker began, here and in this boot unless said otherwise, and is gone."""
    run_id = enqueue(db, "patient")
    job = ledger.jobs(db, RunStatus.QUEUED)[0]
    ledger.take(db, job, "cpu", "r")
    db.path.run(run_id).create()
    fields = {"number": 1, "pid": 7, "host": socket.gethostname(), "boot_id": boot_id(), "versions": {}} | where
    take_in(db, job.key, [Event(1, 1.0, 1.0, "attempt", fields)], 0)
    return run_id


def until(condition: Callable[[], object], *steppers: Scheduler, seconds: float = 15) -> float:
    """Let schedulers step until something holds; return how long that took. Fails after `seconds`."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        for scheduler in steppers:
            scheduler.step()
        time.sleep(0.02)
    return time.monotonic() - began


def status_is(db: Database, run_id: str, status: RunStatus) -> Callable[[], bool]:
    """A condition: the store shows this status."""
    return lambda: queries.get_run(db, run_id).status is status
