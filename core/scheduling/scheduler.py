"""The scheduler: queued rows into processes, event lines into rows. Headless, one per store and machine.

    python -P -m bertft_tui.core.scheduling.scheduler STORE

It starts with whoever enqueues or looks, adopts what an earlier one left, and goes when there is nothing left to do.
"""

import errno
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from bertft_tui.core import locks
from bertft_tui.core.boot import boot_id
from bertft_tui.core.errors import (
    BertftError,
    ConfigError,
    Problem,
    ReplacedStoreError,
    StoreError,
    UnknownRunError,
)
from bertft_tui.core.journal import read_events
from bertft_tui.core.packed_journal import pack
from bertft_tui.core.paths import RunDirectory, StorePath
from bertft_tui.core.redaction import redact_output
from bertft_tui.core.scheduling.devices import Device, choose, inventory
from bertft_tui.core.scheduling.endings import verdict
from bertft_tui.core.scheduling.intake import JournalTail, size_of
from bertft_tui.core.scheduling.launcher import describe, start_worker, worker_environment
from bertft_tui.core.scheduling.leases import busy_devices
from bertft_tui.core.scheduling.memory_kills import Kills, count_kills
from bertft_tui.core.scheduling.purge import sweep
from bertft_tui.core.scheduling.requests import carry_out
from bertft_tui.core.scheduling.short_log import keep_the_end
from bertft_tui.core.scheduling.warm_start import Environment, WarmStart
from bertft_tui.core.scheduling.worker_handle import WorkerHandle, process_of, take_ticket_back
from bertft_tui.core.store import commands, history, ledger, queries
from bertft_tui.core.store.backup import DailyBackup
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.reserve import keep_reserve
from bertft_tui.core.store.status import RunStatus

#: Seconds between two looks. A worker that vanishes is noticed within one, a point shown within one or two.
INTERVAL = 0.2

#: While runs write: what has come in so many seconds is taken in at once, and is on screen within half a second.
TAKING_IN = 0.38

#: Seconds that an idle scheduler stays, so that a second launch finds it awake.
LINGER = 2.0

#: While somebody is about to launch a run: seconds between two looks at whether the store was written to.
_ATTENTIVE = 0.02

#: Seconds that a scheduler goes on trying when the store cannot be used and no worker is alive.
PATIENCE = 60.0

#: The same of one that only stays for a launch to come: a store that was deleted, or is to be rebuilt, is let go.
IDLE_PATIENCE = 10.0

#: What is wrong with the machine and not with one run: a full or broken disk, no memory, too many processes or files.
_EVERYBODY = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO),
    *(errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE),
}


class Scheduler:
    """The state of one scheduler: the workers that live. All else is in the store."""

    def __init__(
        self,
        db: Database,
        devices: tuple[Device, ...],
        kills: Callable[[], Kills | None] = count_kills,
        warm: WarmStart | None = None,
    ) -> None:
        """`warm`: how workers are forked; None: all start cold."""
        self.db = db
        self.devices = devices
        self.kills = kills
        self.warm = warm or WarmStart(db.path, is_on=False)
        self.workers: dict[int, WorkerHandle] = {}
        self.journals: dict[int, JournalTail] = {}
        self._ended: list[RunDirectory] = []
        self._said: set[str] = set()

    def close(self) -> None:
        """Let go what nobody else uses; workers live on."""
        self.warm.end()

    def adopt(self, *statuses: RunStatus) -> None:
        """Take over the runs in these statuses that nobody watches: left alive, or on their way."""
        for job in ledger.jobs(self.db, *statuses or (RunStatus.STARTING, RunStatus.RUNNING)):
            if job.key not in self.workers:
                with self._alone(job.id):
                    self._adopt(job)

    def _adopt(self, job: ledger.Job) -> None:
        attempt = history.last_attempt(self.db, job.id)
        handle = WorkerHandle(
            job.key,
            self.db.path.run(job.id),
            job.device or "cpu",
            job.attempt,
            pid=attempt.pid if attempt is not None and attempt.boot_id == boot_id() else None,
        )
        if job.status is RunStatus.STARTING and _never_began(handle, job.journal_offset):
            ledger.put_back(self.db, job)
        else:
            self._watch(handle, job.journal_offset)

    def step(self) -> bool:
        """Do what there is to do now; say whether there will be more."""
        self.adopt(RunStatus.STARTING)  # one is not watched when the store failed while it was started
        carry_out(self.db, self.workers, self._alone)
        self.look()
        queue = queries.queue_state(self.db)
        waiting = self._start_waiting() if queue.waiting and not queue.paused else None
        self.warm.look(waiting, self._is_calm)
        return bool(self.workers) or queries.has_work(self.db)

    def look(self) -> None:
        """Take in what the workers wrote, and see which of them are gone."""
        kills = self.kills()
        for handle in list(self.workers.values()):
            with self._alone(handle.directory.id):
                self._look_at(handle, kills)

    @contextmanager
    def _alone(self, run_id: str) -> Iterator[None]:
        """Let what is wrong with one run's files hold up no other run: said once, tried again at the next step."""
        try:
            yield
        except OSError as error:
            if (text := f"{run_id}: {error}") not in self._said:
                self._said.add(text)
                say(text)

    def any_alive(self) -> bool:
        """Whether a worker is alive, as far as can be seen without the store."""
        return any(handle.is_alive() for handle in self.workers.values())

    def _watch(self, handle: WorkerHandle, offset: int) -> None:
        handle.kills = handle.kills_now = self.kills()
        self.workers[handle.run_key] = handle
        self.journals[handle.run_key] = JournalTail(handle.directory, offset)

    def _look_at(self, handle: WorkerHandle, kills: Kills | None) -> None:
        """Take in what a worker wrote; when it is gone, see how it went. `kills`: how many there were just before."""
        alive = handle.is_alive()  # before reading: what it wrote last is then read for certain
        key = handle.run_key
        self.journals[key].take_in(self.db, key)
        if alive:
            handle.was_alive(kills)
        else:
            attempt = history.last_attempt(self.db, handle.directory.id)
            handle.kill_leftovers(attempt.pid if attempt else None)
            self.warm.orphans.expect(attempt.pid if attempt else None)
            how = {"exit_code": handle.exit_code, "exit_signal": handle.exit_signal}
            if self._waits_again(handle):
                ledger.note_exit(self.db, key, **how)
            else:
                status, problem = verdict(handle, attempt, self.kills(), self._last_seen(handle))
                ledger.end(self.db, key, status, problem=problem, **how)
            self.journals.pop(key).close()
            del self.workers[key]
            self._ended.append(handle.directory)

    def pack(self) -> None:
        """Compress the journals of the runs that have finished since the last time; a long one takes a while."""
        while self._ended:
            directory = self._ended.pop()
            with self._alone(directory.id), suppress(UnknownRunError):
                if queries.get_run(self.db, directory.id).status is RunStatus.FINISHED:
                    pack(directory.events)

    def _start_waiting(self) -> Environment | None:
        """Give each free device the first run in the queue that may have it; return what the next will start with."""
        left: Environment | None = None
        busy = busy_devices(self.devices, self.workers.values())
        for job in ledger.jobs(self.db, RunStatus.QUEUED):
            if job.problem is not None:
                ledger.end(self.db, job.key, RunStatus.FAILED, problem=job.problem)
                continue
            if job.attempt and self._leaves_still(job):
                continue
            device, reason = choose(job.config.hardware.device, self.devices, busy)
            if device is None and not reason:
                ledger.end(self.db, job.key, RunStatus.FAILED, problem=self._no_such_device(job))
                continue
            if device is not None and not self.warm.is_coming(worker_environment(device, job.hub_environment)):
                self._start(job, device, reason)
            elif left is None:
                left = worker_environment(device, job.hub_environment)
            busy |= {device.name} if device is not None else frozenset()
        return left

    def _is_calm(self) -> bool:
        """Whether no worker is busy with imports, which a warm process would slow down."""
        return not queries.is_any_loading(self.db)

    def _waits_again(self, handle: WorkerHandle) -> bool:
        """Whether the run has been put back in the queue by its last word, to be tried again."""
        return handle.directory.id in queries.queue_state(self.db).waiting

    def _last_seen(self, handle: WorkerHandle) -> str:
        """Say what a process was doing when it was last heard of; nothing when its run was purged meanwhile."""
        try:
            run = queries.get_run(self.db, handle.directory.id)
        except UnknownRunError:
            return ""
        step = f", after step {run.progress.step}" if run.progress.step else ""
        return f"It was {run.phase}{step}." if run.phase else ""

    def _leaves_still(self, job: ledger.Job) -> bool:
        """Whether the process of the attempt before is not quite gone: a run is tried again from its last word on."""
        return job.key in self.workers or process_of(self.db.path.run(job.id)) is not None

    def _start(self, job: ledger.Job, device: Device, reason: str) -> None:
        directory = self.db.path.run(job.id)
        offset = min(job.journal_offset, size_of(directory))  # of a journal that lost its end, behind what is left
        attempt = ledger.take(self.db, job, device.name, reason, offset=offset)
        try:
            describe(directory, ledger.about(self.db, job.key))
            child = start_worker(
                directory,
                job.config,
                attempt=attempt,
                device=device,
                reason=reason,
                adjustments=job.adjustments,
                seq=job.journal_seq,
                hub=job.hub_environment,
                fork=self.warm.fork,
            )
        except ConfigError as error:
            ledger.end(self.db, job.key, RunStatus.FAILED, problem=error.problem)
        except OSError as error:
            self._not_started(job.key, directory, error)
        else:
            self._watch(WorkerHandle(job.key, directory, device.name, attempt, child), offset)

    def _not_started(self, run_key: int, directory: RunDirectory, error: OSError) -> None:
        """Let a run fail whose own directory is at fault; what would befall every other too holds the queue back."""
        what = f"{error.filename or directory.path}: {error.strerror}"
        if error.errno in _EVERYBODY:
            take_ticket_back(directory)
            ledger.put_back(self.db, ledger.job(self.db, run_key))
            commands.pause_queue(self.db, f"no run could be started: {what}")
            return
        problem = Problem("The run could not be started", f"{what}.", "Check the folder and its permissions.")
        ledger.end(self.db, run_key, RunStatus.FAILED, problem=problem)

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
    if take_ticket_back(handle.directory):
        return True
    if handle.is_alive():
        return False
    events = (event for event, _ in read_events(handle.directory.events, offset))
    return not any(event.type == "attempt" and event.fields.get("number") == handle.attempt for event in events)


def serve(path: StorePath) -> bool:
    """Run until there is nothing to do. False when another scheduler is at work on this store."""
    lock = locks.hold(path.scheduler_lock)
    if lock is None:
        return False
    keep_the_end(path.scheduler_log)
    with lock, Database.open(path) as db, closing(Scheduler(db, inventory(), warm=WarmStart(path))) as scheduler:
        scheduler.adopt()
        scheduler.look()  # what was on its way before a restart is in the queue now, or has ended
        ledger.note_boot(db, boot_id())
        keep_reserve(path)
        backup = DailyBackup(path)
        idle, has_work = 0.0, True
        while idle < LINGER:  # steps are counted: a process that was frozen for long has not been idle
            backup.look()
            has_work = patiently(scheduler.step, scheduler.any_alive, PATIENCE if has_work else IDLE_PATIENCE)
            idle = 0.0 if has_work or scheduler.warm.is_expected else idle + INTERVAL
            _rest(scheduler)
        scheduler.close()
        scheduler.pack()
        sweep(db)  # last: removing files may take a while
    return True


def _rest(scheduler: Scheduler) -> None:
    """Wait for the next look, and less while a launch is expected: it is seen when the store is written to."""
    seconds = TAKING_IN if scheduler.any_alive() else INTERVAL
    if not scheduler.warm.is_expected:
        time.sleep(seconds)
        return
    path = scheduler.db.path
    until, written = time.monotonic() + seconds, path.last_written
    while time.monotonic() < until and path.last_written == written:
        time.sleep(_ATTENTIVE)


def patiently(step: Callable[[], bool], any_alive: Callable[[], bool], patience: float | None = None) -> bool:
    """Do a step; while the store cannot be used (a full disk, a lock that a stopped process holds) try it again.

    What the workers write waits in their journals meanwhile. Raises StoreError when it stays so and none is alive,
    and at once when another store lies in its place: its runs are to be adopted. `patience`: seconds.
    """
    patience = PATIENCE if patience is None else patience
    began, said = time.monotonic(), ""
    while True:
        try:
            return step()
        except StoreError as error:
            if (text := f"{error} {error.problem.hint}".strip()) != said:
                said = text
                say(said)
            if isinstance(error, ReplacedStoreError):
                raise
            if time.monotonic() - began > patience and not any_alive():
                raise
        time.sleep(1)


def say(text: str) -> None:
    """Print a line into the scheduler's log."""
    print(f"{datetime.now():%Y-%m-%d %H:%M:%S} {text}", file=sys.stderr, flush=True)


def _served(path: StorePath) -> bool:
    """Serve a store, and the one that somebody puts in its place; False when another scheduler is at work."""
    try:
        return serve(path)
    except ReplacedStoreError:
        return True


def main(arguments: list[str]) -> int:
    """Serve a store. Work that arrives while the lock is let go is seen by looking once more."""
    path = StorePath(Path(arguments[0]))
    try:
        while _served(path):
            with Database.open(path) as db:
                if not queries.has_work(db) and not path.wish.exists():
                    break
    except BertftError as error:
        print(error, file=sys.stderr, flush=True)
        return error.exit_code
    return 0


if __name__ == "__main__":
    redact_output()
    raise SystemExit(main(sys.argv[1:]))
