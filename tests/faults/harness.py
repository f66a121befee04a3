"""A store with schedulers, quick workers and an app that looks, all of them real processes.

Everything is drawn from one seed, so that a round that fails can be run again.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from result import Result
from tampering import tamper, untamper

from bertft_tui.core import locks
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import InputError, StoreError
from bertft_tui.core.forking import NO_WARM
from bertft_tui.core.paths import RunDirectory, StorePath
from bertft_tui.core.scheduling.remnants import launched_attempt
from bertft_tui.core.scheduling.truth import SHOWN, Vanishings
from bertft_tui.core.scheduling.worker_handle import process_of
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus

LOOKER = Path(__file__).with_name("looker.py")


@dataclass(frozen=True)
class Kill:
    """A worker that was killed."""

    run_id: str
    attempt: int
    parent: int | None  # the scheduler that had started it and was at work then; None when there was none
    time: float  # monotonic


class Stage:
    """The processes of one round, and what the round knows of them."""

    def __init__(
        self, folder: Path, result: Result, store_folder: Path | None = None, *, app: bool = False, warm: bool = False
    ) -> None:
        self.random = random.Random(f"{result.kind} {result.seed}")
        self.result = result
        self.path = StorePath((store_folder or folder) / "experiments.db")
        self.runtime = folder / "runtime"
        self.runtime.mkdir(parents=True)
        self._began = time.monotonic()
        self.set("warm", int(warm))
        if warm:
            os.environ.pop(NO_WARM, None)
        self.db = Database.open(self.path)
        self.ids: list[str] = []
        self.ids_alone: list[str] = []  # of runs that have asked for a device by its name
        self.kills: list[Kill] = []
        self.scheduler_kills: list[tuple[int, float]] = []
        self.boots = 1
        self.rebuilt = False
        self.asleep = False  # while every process is: then nobody could look
        self._ended_for_app = Vanishings(self.path, SHOWN)
        self._app = app
        self._looker: subprocess.Popen[bytes] | None = None
        self._watching = True
        self._eyes = threading.Lock()  # held while the watcher has the store open
        self._since: dict[str, float] = {}
        self._shown_since: dict[str, float] = {}
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
                command = [sys.executable, str(LOOKER), str(self.path.file), *(["--app"] if self._app else [])]
                self._looker = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
                )

    def close_app(self) -> bool:
        """Kill the app; say whether there was one."""
        if self._looker is None or self._looker.poll() is not None:
            return False
        self._looker.kill()
        self._looker.wait()
        return True

    def set(self, name: str, number: object) -> None:
        """Change something that processes find from now on, this one too: see `tampering`."""
        (self.runtime / name).write_text(str(number))
        tamper(self.runtime)

    def enqueue(self, behaviour: str = "patient", device: str = "auto") -> None:
        """Put a run into the queue; a store that cannot be written takes none."""
        config = RunConfig().with_settings({"data.dataset": behaviour, "hardware.device": device})
        with suppress(StoreError):
            self.ids.append(run_id := commands.enqueue(self.db, config))
            self.ids_alone += [run_id] if device != "auto" else []

    def elapsed(self) -> float:
        """Seconds since the round began."""
        return time.monotonic() - self._began

    def directory(self, run_id: str) -> RunDirectory:
        """The directory of a run."""
        return self.path.run(run_id)

    def alive(self) -> list[tuple[str, int]]:
        """The runs that have a process at this moment, each with its id."""
        found = ((run_id, process_of(self.directory(run_id))) for run_id in self.ids)
        return [(run_id, pid) for run_id, pid in found if pid]

    def scheduler(self) -> int | None:
        """The process id of the scheduler that is at work."""
        with suppress(OSError):
            return locks.holder(self.path.scheduler_lock)
        return None

    def processes(self) -> list[psutil.Process]:
        """Every process of the round: app, scheduler, workers and their children."""
        return list(processes_of(self.runtime.parent, self.path.runs))

    def until(self, condition: Callable[[], object], seconds: float = 30) -> bool:
        """Wait until something holds; say whether it came to that."""
        return until(condition, seconds)

    def pause(self, least: float = 0.05, most: float = 0.7) -> None:
        """Let some time pass."""
        time.sleep(self.random.uniform(least, most))

    def did(self, what: str) -> bool:
        """Write down what was done."""
        self.result.faults.append(what)
        return True

    def kill(self, run_id: str, pid: int, *, group: bool = False) -> None:
        """Kill a worker, or its process group, and note who could see it."""
        parent, scheduler = None, self.scheduler()
        with suppress(psutil.Error):
            parent = psutil.Process(pid).ppid()
        attempt = launched_attempt(self.directory(run_id)) or self._attempt(run_id)  # its directory may be gone
        self.kills.append(Kill(run_id, attempt, parent if parent == scheduler else None, time.monotonic()))
        with suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(pid, signal.SIGKILL)

    def _attempt(self, run_id: str) -> int:
        """The number of a run's present attempt, as the store knows it."""
        with suppress(StoreError, InputError):
            return queries.get_run(self.db, run_id).attempt
        return 0

    def kill_scheduler(self) -> bool:
        """Kill the scheduler; say whether there was one."""
        pid = self.scheduler()
        if pid is not None:
            self.scheduler_kills.append((pid, time.monotonic()))
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return pid is not None

    def ask(self, run_id: str, kind: Request) -> bool:
        """Ask something of a run; say whether it was taken."""
        with suppress(InputError, StoreError):
            commands.request(self.db, run_id, kind)
            return self.did(f"{kind} {run_id}")
        return False

    def resume_queue(self) -> None:
        """Let the queue go on that something has paused, as soon as the store takes it."""
        self.until(self._queue_resumed)

    def _queue_resumed(self) -> bool:
        with suppress(StoreError):
            commands.resume_queue(self.db)
            return True
        return False

    @contextmanager
    def store_closed(self) -> Iterator[None]:
        """Close the store for a while, as far as it is this process that has it open."""
        with self._eyes:
            self.db.close()
            try:
                yield
            finally:
                self.db = Database.open(self.path)

    def _watch(self) -> None:
        """Measure for how long a run without a process is shown as running."""
        while self._watching:
            with self._eyes, suppress(StoreError, OSError), Database.open(self.path) as db:
                deadline = time.monotonic() + 1
                while self._watching and time.monotonic() < deadline:
                    self._measure(db)
                    time.sleep(0.05)
            time.sleep(0.02)  # for whoever waits for the store to be closed

    def _measure(self, db: Database) -> None:
        if self.asleep:
            self._since, self._shown_since = {}, {}
            return
        now, at_work = time.monotonic(), self.scheduler() is not None
        runs = [run for run in queries.list_runs(db, limit=None) if run.status is RunStatus.RUNNING]
        vanished = {run.id for run in runs if locks.holder(self.directory(run.id).lock) is None}
        shown = vanished - self._ended_for_app.look(runs)
        self._since = {run_id: self._since.get(run_id, now) for run_id in (vanished if at_work else ())}
        self._shown_since = {run_id: self._shown_since.get(run_id, now) for run_id in shown}
        self.result.longest = _longest(self.result.longest, now, self._since)
        self.result.longest_shown = _longest(self.result.longest_shown, now, self._shown_since)

    def end(self) -> bool:
        """Let everything come to its end; say whether every run has ended."""
        self.look()
        self.until(lambda: not queries.ids_with(self.db, RunStatus.STARTING), 20)
        ended = self.until(self._stop_all, 60)
        self.until(lambda: not self.alive() and not queries.has_work(self.db), 20)
        self._watching = False
        self._watcher.join()
        self.close_app()
        self.until(lambda: self.scheduler() is None, 20)
        return ended

    def close(self) -> None:
        """End what is still there, and leave this process as it was."""
        self._watching = False
        self.close_app()
        for process in self.processes():
            with suppress(psutil.Error):
                process.kill()
        self.db.close()
        untamper()

    def _stop_all(self) -> bool:
        """Ask every run to stop that has not ended, or is about to go on; say whether all have ended."""
        waiting = [run for run in queries.list_runs(self.db, limit=None) if not run.status.is_finished]
        for run in waiting:
            with suppress(InputError):
                commands.request(self.db, run.id, Request.STOP)
        return not waiting and not queries.has_work(self.db)


def until(condition: Callable[[], object], seconds: float) -> bool:
    """Wait until something holds; say whether it came to that."""
    deadline = time.monotonic() + seconds
    while not (found := bool(condition())) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _longest(before: float, now: float, since: dict[str, float]) -> float:
    return max([before, *(now - began for began in since.values())])


def processes_of(folder: Path, runs: Path) -> Iterator[psutil.Process]:
    """The processes that work below the runs, were given a path in the folder, or have it in their environment."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if (
                process.pid != os.getpid()
                and process.status() != psutil.STATUS_ZOMBIE
                and _is_of(process, folder, runs)
            ):
                yield process


def _is_of(process: psutil.Process, folder: Path, runs: Path) -> bool:
    if Path(process.cwd()).is_relative_to(runs) or process.environ().get("BERTFT_RUNTIME_DIR") == f"{folder}/runtime":
        return True
    return any(Path(word).is_relative_to(folder) for word in process.cmdline()[1:])


def left_over(folder: Path, runs: Path, patience: float = 5.0) -> list[str]:
    """The processes that are there after a while: one that was just killed takes a moment to free its memory."""
    until(lambda: not any(processes_of(folder, runs)), patience)
    found = []
    for process in processes_of(folder, runs):
        with suppress(psutil.Error):
            found.append(f"process {process.pid} of {process.ppid()}, {process.status()}: {process.cmdline()}")
    return found
