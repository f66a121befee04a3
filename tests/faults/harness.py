"""A store with schedulers, quick workers and an app that looks, all real processes, and what is done to them.

Everything is drawn from one seed, so that a round that fails can be run again.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree

import psutil
from small_disk import filled

from bertft_tui.core import locks
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import InputError, StoreError
from bertft_tui.core.paths import RunDirectory, StorePath
from bertft_tui.core.store import commands, ledger, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus
from bertft_tui.core.store.wholeness import fault_of

LOOKER = Path(__file__).with_name("looker.py")

#: Seconds within which a run that has vanished is to be shown as what it is, while a scheduler is at work.
LIMIT = 2.0


@dataclass
class Result:
    """What a round came to. All but the first two have to be nought."""

    kind: str
    seed: int
    acknowledged: int = 0  # points that a worker was told are written
    longest: float = 0.0  # seconds that a run was shown as running without a process, a scheduler being at work
    lost: int = 0  # acknowledged points, or runs, that the store does not have
    wrong: int = 0  # statuses that are not true
    orphans: int = 0  # processes that nobody knows of
    twice: int = 0  # attempts that were started more than once
    faults: list[str] = field(default_factory=list)  # what was done, in order

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, wrong, left over or done twice."""
        return not (self.lost or self.wrong or self.orphans or self.twice) and self.longest <= LIMIT


class Stage:
    """The processes of one round, and the hands that do things to them."""

    def __init__(self, folder: Path, kind: str, seed: int, store_folder: Path | None = None) -> None:
        self.random = random.Random(f"{kind} {seed}")
        self.result = Result(kind, seed)
        self.path = StorePath((store_folder or folder) / "experiments.db")
        self.runtime = folder / "runtime"
        self.runtime.mkdir(parents=True)
        self.db = Database.open(self.path)
        self.ids: list[str] = []
        self.killed: set[str] = set()
        self._looker: subprocess.Popen[bytes] | None = None
        self._watching = True
        self._watcher = threading.Thread(target=self._watch)

    def open(self) -> None:
        """Open the app, and begin to watch."""
        self.look()
        self._watcher.start()

    def look(self) -> None:
        """Open an app, unless one is open."""
        if self._looker is None or self._looker.poll() is not None:
            environment = {**os.environ, "BERTFT_RUNTIME_DIR": str(self.runtime)}
            with (self.runtime / "looker.log").open("ab") as log:
                command = [sys.executable, str(LOOKER), str(self.path.file)]
                self._looker = subprocess.Popen(command, stdout=log, stderr=log, env=environment)

    def enqueue(self, behaviour: str = "patient") -> None:
        """Put a run into the queue; a store that cannot be written takes none."""
        with suppress(StoreError):
            self.ids.append(commands.enqueue(self.db, RunConfig().with_settings({"data.dataset": behaviour})))

    def directory(self, run_id: str) -> RunDirectory:
        """The directory of a run."""
        return self.path.run(run_id)

    def alive(self) -> list[tuple[str, int]]:
        """The runs that have a process at this moment, each with its id."""
        found = ((run_id, locks.holder(self.directory(run_id).lock)) for run_id in self.ids)
        return [(run_id, pid) for run_id, pid in found if pid]

    def until(self, condition: Callable[[], object], seconds: float = 30) -> bool:
        """Wait until something holds; say whether it came to that."""
        deadline = time.monotonic() + seconds
        while not (found := bool(condition())) and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def pause(self, least: float = 0.05, most: float = 0.7) -> None:
        """Let some time pass."""
        time.sleep(self.random.uniform(least, most))

    def did(self, what: str) -> None:
        """Write down what was done."""
        self.result.faults.append(what)

    def kill_worker(self, *, group: bool = False) -> None:
        """Kill a worker, or its process group."""
        if alive := self.alive():
            run_id, pid = self.random.choice(alive)
            self.did(f"kill {'group of ' if group else ''}{run_id}")
            self.killed.add(run_id)
            with suppress(ProcessLookupError):
                (os.killpg if group else os.kill)(pid, signal.SIGKILL)

    def kill_scheduler(self) -> None:
        """Kill the scheduler."""
        if (pid := locks.holder(self.path.scheduler_lock)) is not None:
            self.did("kill scheduler")
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_app(self) -> None:
        """Kill the app."""
        if self._looker is not None:
            self.did("kill app")
            self._looker.kill()
            self._looker.wait()

    def suspend(self) -> None:
        """Stop a worker or the scheduler for a while, as the lid of a laptop does."""
        pids = [pid for _, pid in self.alive()]
        if scheduler := locks.holder(self.path.scheduler_lock):
            pids.append(scheduler)
        if pids:
            pid = self.random.choice(pids)
            self.did(f"suspend {pid}")
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                self.pause(0.2, 1.2)
                os.kill(pid, signal.SIGCONT)

    def resume_queue(self) -> None:
        """Let the queue go on that something has paused, as soon as the store takes it."""
        self.until(self._queue_resumed)

    def _queue_resumed(self) -> bool:
        with suppress(StoreError):
            commands.resume_queue(self.db)
            return True
        return False

    def ask(self) -> None:
        """Ask something of a run, whatever its status."""
        run_id, kind = self.random.choice(self.ids), self.random.choice(list(Request))
        with suppress(InputError, StoreError):
            commands.request(self.db, run_id, kind)
            self.did(f"{kind} {run_id}")

    def tear_journal(self) -> None:
        """Damage the end of a journal whose worker is gone, as a power cut does; what was acknowledged stays."""
        alive = {run_id for run_id, _ in self.alive()}
        dead = [run_id for run_id in self.ids if run_id not in alive and self.directory(run_id).events.exists()]
        if dead:
            run_id = self.random.choice(dead)
            junk = self.random.choice([b'{"v": 1, "seq": 9', b"\0" * 300, b"\xff\xfe\n\n", b'{"seq": 1e999}\n'])
            self.did(f"tear {run_id}")
            with self.directory(run_id).events.open("ab") as file:
                file.write(junk)

    def fill_disk(self) -> None:
        """Fill the disk that store and runs are on for a while; a scheduler may be killed meanwhile."""
        self.did("fill the disk")
        with filled(self.path.file.parent):
            self.pause(0.3, 1.5)
            if self.random.random() < 0.5:
                self.kill_scheduler()
                self.pause(0.3, 1.0)

    def delete_directory(self) -> None:
        """Delete the directory of a run that lives."""
        known = {job.id for job in ledger.jobs(self.db, RunStatus.RUNNING) if job.journal_seq > 20}
        if alive := [run_id for run_id, _ in self.alive() if run_id in known]:
            run_id = self.random.choice(alive)
            self.did(f"delete directory of {run_id}")
            rmtree(self.directory(run_id).path, ignore_errors=True)
            self.pause(1.5, 2.0)

    @contextmanager
    def locked(self, seconds: float) -> Iterator[None]:
        """Hold the store's write lock while something is done and for a while after, as a stopped process does."""
        with self.db.write():
            self.did("lock the store")
            yield
            time.sleep(seconds)

    def cut_journal(self) -> None:
        """Take the end of a dead run's journal away, which the store has already: a power cut may."""
        ended = [status for status in RunStatus if status.is_finished]
        known = {job.id: job.journal_offset for job in ledger.jobs(self.db, *ended)}
        for run_id, offset in known.items():
            journal = self.directory(run_id).events
            about_to_go_on = queries.get_run(self.db, run_id).pending_request is not None
            if not about_to_go_on and journal.exists() and journal.stat().st_size == offset > 0:
                self.did(f"cut {run_id}")
                os.truncate(journal, max(0, offset - self.random.randint(1, 2000)))
                with suppress(InputError):
                    commands.request(self.db, run_id, Request.RESUME)
                return

    def _watch(self) -> None:
        """Measure how long a run without a process is shown as running while a scheduler is at work."""
        since: dict[str, float] = {}
        with Database.open(self.path) as db:
            while self._watching:
                with suppress(StoreError):
                    at_work = locks.holder(self.path.scheduler_lock) is not None
                    shown = set(queries.ids_with(db, RunStatus.RUNNING)) if at_work else set()
                    vanished = {run_id for run_id in shown if locks.holder(self.directory(run_id).lock) is None}
                    since = {run_id: since.get(run_id, time.monotonic()) for run_id in vanished}
                    for began in since.values():
                        self.result.longest = max(self.result.longest, time.monotonic() - began)
                time.sleep(0.05)

    def close(self) -> Result:
        """Let everything come to its end, then compare what the store says with what was done."""
        self.look()
        self.until(lambda: not queries.ids_with(self.db, RunStatus.STARTING), 20)
        ended = self.until(self._stop_all, 60)
        self.until(lambda: not self.alive() and not queries.has_work(self.db), 20)
        self._watching = False
        self._watcher.join()
        self.kill_app()
        self.until(lambda: locks.holder(self.path.scheduler_lock) is None, 20)
        self._compare(ended)
        self.db.close()
        return self.result

    def _stop_all(self) -> bool:
        """Ask every run to stop that has not ended, or is about to go on; say whether all have ended."""
        waiting = [run for run in queries.list_runs(self.db, limit=None) if not run.status.is_finished]
        for run in waiting:
            with suppress(InputError):
                commands.request(self.db, run.id, Request.STOP)
        return not waiting and not queries.has_work(self.db)

    def _compare(self, ended: bool) -> None:
        result = self.result
        result.wrong += not ended
        known = {run.id: run for run in queries.list_runs(self.db, limit=None)}
        result.lost += len(set(self.ids) - set(known))
        for run_id, run in known.items():
            told = self._recorded(run_id, "acknowledged")
            result.acknowledged += len(told)
            result.lost += len(set(told) - set(queries.series(self.db, run_id, "loss").steps))
            starts = Counter(self._recorded(run_id, "starts"))
            result.twice += sum(count - 1 for count in starts.values())
            result.wrong += run.status is RunStatus.LOST and run_id not in self.killed
            result.wrong += run.status is RunStatus.FAILED
        result.wrong += bool(fault_of(self.db.path))
        result.orphans += len(list(processes_in(self.path.runs)))

    def _recorded(self, run_id: str, what: str) -> list[int]:
        file = self.runtime / f"{run_id}.{what}"
        return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def processes_in(folder: Path) -> Iterator[psutil.Process]:
    """The processes that work below a folder."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if Path(process.cwd()).is_relative_to(folder) and process.status() != psutil.STATUS_ZOMBIE:
                yield process
