"""The scheduler: queued rows into processes, event lines into rows. Headless, one per store and machine.

    python -P -m bertft_tui.core.scheduling.scheduler STORE

It starts with whoever enqueues or looks, adopts what an earlier one left, and goes when there is nothing left to do.
"""

import sys
import time
from pathlib import Path

from bertft_tui.core import locks
from bertft_tui.core.boot import boot_id
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.journal import read_events
from bertft_tui.core.paths import StorePath
from bertft_tui.core.redaction import redact_output
from bertft_tui.core.scheduling.devices import Device, choose, inventory
from bertft_tui.core.scheduling.intake import follow
from bertft_tui.core.scheduling.launcher import start_worker
from bertft_tui.core.scheduling.leases import busy_devices
from bertft_tui.core.scheduling.requests import carry_out
from bertft_tui.core.scheduling.worker_handle import CRASHES, WorkerHandle, describe_exit, log_tail
from bertft_tui.core.store import ledger, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus

#: Seconds between two looks. A worker that vanishes is noticed within one, a point shown within one or two.
INTERVAL = 0.2

#: Seconds that an idle scheduler stays, so that a second launch finds it awake.
LINGER = 2.0


class Scheduler:
    """The state of one scheduler: the workers that live. All else is in the store."""

    def __init__(self, db: Database, devices: tuple[Device, ...]) -> None:
        self.db = db
        self.devices = devices
        self.workers: dict[int, WorkerHandle] = {}
        self.offsets: dict[int, int] = {}

    def adopt(self) -> None:
        """Take over the runs that an earlier scheduler left alive, or on their way."""
        for job in ledger.jobs(self.db, RunStatus.STARTING, RunStatus.RUNNING):
            handle = WorkerHandle(job.key, self.db.path.run(job.id), job.device or "cpu", job.attempt)
            if job.status is RunStatus.STARTING and _never_began(handle, job.journal_offset):
                ledger.put_back(self.db, job)
            else:
                self._watch(handle, job.journal_offset)

    def step(self) -> bool:
        """Do what there is to do now; say whether there will be more."""
        carry_out(self.db, self.workers)
        for handle in list(self.workers.values()):
            self._look_at(handle)
        if not queries.queue_state(self.db).paused:
            self._start_waiting()
        return bool(self.workers) or queries.has_work(self.db)

    def _watch(self, handle: WorkerHandle, offset: int) -> None:
        self.workers[handle.run_key] = handle
        self.offsets[handle.run_key] = offset

    def _look_at(self, handle: WorkerHandle) -> None:
        """Take in what a worker wrote; when it is gone, see how it went."""
        alive = handle.is_alive()  # before reading: what it wrote last is then read for certain
        key = handle.run_key
        self.offsets[key] = follow(self.db, handle.directory, key, self.offsets[key])
        if not alive:
            status, problem = _verdict(handle)
            ledger.end(
                self.db, key, status, problem=problem, exit_code=handle.exit_code, exit_signal=handle.exit_signal
            )
            del self.workers[key], self.offsets[key]

    def _start_waiting(self) -> None:
        """Give each free device the first run in the queue that may have it."""
        waiting = ledger.jobs(self.db, RunStatus.QUEUED)
        busy = busy_devices(self.devices, self.workers.values()) if waiting else frozenset()
        for job in waiting:
            device, reason = choose(job.config.hardware.device, self.devices, busy)
            if device is not None:
                self._start(job, device, reason)
                busy |= {device.name}
            elif not reason:
                ledger.end(self.db, job.key, RunStatus.FAILED, problem=self._no_such_device(job))

    def _start(self, job: ledger.Job, device: Device, reason: str) -> None:
        directory = self.db.path.run(job.id)
        attempt = ledger.take(self.db, job, device.name, reason)
        try:
            child = start_worker(
                directory, job.config, attempt=attempt, device=device, reason=reason, hub=job.hub_environment
            )
        except OSError as error:
            problem = Problem(
                "The run could not be started",
                f"{error.filename}: {error.strerror}.",
                "Check the disk and its space.",
            )
            ledger.end(self.db, job.key, RunStatus.FAILED, problem=problem)
            return
        self._watch(WorkerHandle(job.key, directory, device.name, attempt, child), job.journal_offset)

    def _no_such_device(self, job: ledger.Job) -> Problem:
        names = ", ".join(device.name for device in self.devices)
        asked = job.config.hardware.device
        return Problem("There is no such device", f"The run asks for {asked}; this machine has {names}.",
                       "Start a run from it with another hardware.device.")  # fmt: skip


def _never_began(handle: WorkerHandle, offset: int) -> bool:
    """Say whether a run that was taken has no process and never had one, so that it may be started again.

    A worker takes its lock before its ticket. So one that takes the ticket between our look at the lock and our own
    attempt to take it back holds the lock at the second look. Without a ticket, no line of this attempt in the
    journal means that nothing was begun.
    """
    if handle.is_alive():
        return False
    if handle.take_ticket_back():
        return True
    if handle.is_alive():
        return False
    events = (event for event, _ in read_events(handle.directory.events, offset))
    return not any(event.type == "attempt" and event.fields.get("number") == handle.attempt for event in events)


def _verdict(handle: WorkerHandle) -> tuple[RunStatus, Problem | None]:
    """Say what became of a run whose process is gone and whose journal names no end."""
    if handle.directory.cancel_request.exists():
        return RunStatus.CANCELLED, None
    how = describe_exit(handle)
    if (handle.exit_code or handle.exit_signal in CRASHES) and handle.take_ticket_back():
        message = f"{how} The log ends: {log_tail(handle.directory) or 'without a word.'}"
        return RunStatus.FAILED, Problem(
            "The worker could not start", message, "`bertft-tui doctor` checks the installation."
        )
    return RunStatus.LOST, Problem("The run was lost", how, "Resume it: it goes on from its newest whole checkpoint.")


def serve(path: StorePath) -> bool:
    """Run until there is nothing to do. False when another scheduler is at work on this store."""
    lock = locks.hold(path.scheduler_lock)
    if lock is None:
        return False
    with lock, Database.open(path) as db:
        ledger.note_boot(db, boot_id())
        scheduler = Scheduler(db, inventory())
        scheduler.adopt()
        idle_since = time.monotonic()
        while time.monotonic() - idle_since < LINGER:
            if scheduler.step():
                idle_since = time.monotonic()
            time.sleep(INTERVAL)
    return True


def main(arguments: list[str]) -> int:
    """Serve a store. Work that arrives while the lock is let go is seen by looking once more."""
    path = StorePath(Path(arguments[0]))
    try:
        while serve(path):
            with Database.open(path) as db:
                if not queries.has_work(db):
                    break
    except BertftError as error:
        print(error, file=sys.stderr, flush=True)
        return error.exit_code
    return 0


if __name__ == "__main__":
    redact_output()
    raise SystemExit(main(sys.argv[1:]))
