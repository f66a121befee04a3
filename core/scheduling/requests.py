"""Requests into deeds: a queued run leaves the queue, a live worker finds a file, an ended run queues again."""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.scheduling.worker_handle import WorkerHandle
from bertft_tui.core.store import ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.ledger import Job
from bertft_tui.core.store.status import Request, RunStatus, refusal

#: Seconds that a worker has to end by itself after a cancel; it may be deep in a library that is loading.
GRACE = 10.0

#: Seconds between two looks that count at most: where everything was frozen together, no worker could answer either.
_LOOK = 1.0


def carry_out(
    db: Database, workers: dict[int, WorkerHandle], alone: Callable[[str], AbstractContextManager[None]]
) -> None:
    """Carry out every open request as far as it can be at this moment.

    `alone`: within it, what is wrong with the files of one run (its id) holds up no other.
    """
    for request in ledger.open_requests(db):
        job = ledger.find_job(db, request.run_key)
        if job is None:
            continue  # purged meanwhile, and its requests with it
        if refusal(request.kind, job.status) is not None:
            ledger.close_request(db, request)
        elif request.kind is Request.RESUME:
            if job.key not in workers:  # its last process may still be on its way out
                ledger.requeue(db, job.key)
        elif job.status is RunStatus.QUEUED:
            _leave_queue(db, job)
        elif job.key in workers:
            with alone(job.id):
                _tell(request.kind, workers[job.key], job.status)


def _leave_queue(db: Database, job: Job) -> None:
    """A run that never ran is cancelled; one that waited to be resumed can still be resumed later."""
    ledger.end(db, job.key, RunStatus.STOPPED if job.attempt else RunStatus.CANCELLED)


def _tell(kind: Request, worker: WorkerHandle, status: RunStatus) -> None:
    """Leave word for the worker, and wake it once it listens; one that does not cancel is killed after a while."""
    now = time.monotonic()  # no clock change, and no sleep of the machine, makes it impatient
    frozen = max(0.0, now - worker.looked - _LOOK)
    worker.asked = {each: since + frozen for each, since in worker.asked.items()}
    worker.looked = now
    if kind not in worker.asked:
        place_request(worker.directory, kind)
        worker.asked[kind] = now
    if status is RunStatus.RUNNING and kind not in worker.woken:
        worker.woken.add(kind)
        worker.terminate()
    if kind is Request.CANCEL and now - worker.asked[kind] > GRACE:
        worker.kill()


def place_request(directory: RunDirectory, kind: Request) -> None:
    """Make the file that a worker looks for; by rename, so that it is there or not."""
    target = directory.stop_request if kind is Request.STOP else directory.cancel_request
    temporary = target.with_name(f".{target.name}.new")
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT, 0o600))
    temporary.replace(target)
