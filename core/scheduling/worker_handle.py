"""A worker seen from outside: whether it lives, how it ended, and how to end it.

Life is told by the lock that the worker holds, never by a process id alone: ids are used again.
"""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bertft_tui.core import locks
from bertft_tui.core.forking import WARM_MODULE
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.scheduling.children import Child
from bertft_tui.core.scheduling.memory_kills import Kills
from bertft_tui.core.store.status import Request

#: Signals by which a process ends itself: a broken library, most likely. The others come from somebody else.
CRASHES = frozenset({signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGSYS})

#: How long a process that the system killed may still be seen alive: it frees its memory first. In seconds.
_DYING = 5.0


@dataclass
class WorkerHandle:
    """The process of one run: a child of this scheduler, or one adopted from a scheduler before it."""

    run_key: int
    directory: RunDirectory
    device: str
    attempt: int
    child: Child | None = None
    pid: int | None = None  # as the store knows it, of one that was adopted
    kills: Kills | None = None  # what the system had killed for want of memory while the process was surely well
    kills_now: Kills | None = None  # and when it was seen since: it becomes the figure above when it is old enough
    kills_seen: float = field(default_factory=time.monotonic)  # when that was: monotonic seconds
    asked: dict[Request, float] = field(default_factory=dict)  # when this scheduler told it: monotonic seconds
    looked: float = field(default_factory=time.monotonic)  # when it last saw whether that was answered: likewise
    woken: set[Request] = field(default_factory=set)  # those for which it was sent SIGTERM too

    def is_alive(self) -> bool:
        """Whether the process lives. A child is reaped here.

        Where there is no lock to ask, since somebody deleted the directory or may look into it alone, a worker of
        this very directory is the one; it puts a deleted directory back within a second.
        """
        if self.child is not None:
            return self.child.poll() is None
        try:
            if self.directory.lock.exists():
                return locks.holder(self.directory.lock) is not None
        except OSError:
            pass
        return self._by_command() is not None

    def _by_command(self) -> int | None:
        """The process id that the store knows, if it is a worker of this directory."""
        return self.pid if self.pid and worker_directory(self.pid) == self.directory else None

    def was_alive(self, kills: Kills | None) -> None:
        """Note how often the system had killed when the process was seen alive.

        The counter rises before a killed process is gone, so a figure counts only when the process outlived it.
        """
        if time.monotonic() - self.kills_seen >= _DYING:
            self.kills, self.kills_now, self.kills_seen = self.kills_now, kills, time.monotonic()

    @property
    def exit_code(self) -> int | None:
        """The exit code, when the process was our child and exited by itself."""
        code = self.child.returncode if self.child else None
        return code if code is not None and code >= 0 else None

    @property
    def exit_signal(self) -> int | None:
        """The signal that ended it, when it was our child."""
        code = self.child.returncode if self.child else None
        return -code if code is not None and code < 0 else None

    def terminate(self) -> None:
        """Wake a worker that is deep in a library, so that it looks for requests."""
        if (pid := self._process()) is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGTERM)

    def kill(self) -> None:
        """Kill the process and its helpers: those that hold the lock at this moment, and no stranger."""
        if (pid := self._process()) is not None:
            with suppress(ProcessLookupError, PermissionError):
                # A worker leads its own process group, so its data-loader children go with it.
                os.killpg(pid, signal.SIGKILL)

    def _process(self) -> int | None:
        """The process to signal; None when there is none, or it is on another machine or in another container.

        Of a lock that is held there the kernel names no process, or one with a number below zero.
        """
        if self.child is not None:
            return self.child.pid if self.is_alive() else None
        pid = process_of(self.directory) if self.directory.lock.exists() else self._by_command()
        return pid if pid is not None and pid > 0 else None

    def kill_leftovers(self, pid: int | None) -> None:
        """Kill what a worker that is gone, once process `pid`, has left behind, such as data-loader processes.

        They belong to the process group that it led and work in its run's directory: no stranger does both.
        """
        here = str(self.directory.path.resolve())
        for process in psutil.process_iter() if pid else ():
            with suppress(psutil.Error, OSError):
                if process.pid != pid and os.getpgid(process.pid) == pid and process.cwd() == here:
                    process.kill()


def worker_directory(pid: int) -> RunDirectory | None:
    """The directory that a process works for if it is a worker; None when it can be none.

    A worker's command names it last. A forked one has the command of the process that it was forked from, and works
    in its directory.
    """
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        words = process.cmdline()
        path = Path(process.cwd() if WARM_MODULE in words else words[-1] if words else "")
        return RunDirectory(path) if path.is_absolute() else None
    return None


def take_ticket_back(directory: RunDirectory) -> bool:
    """Take a run's start ticket back: true when its process can no longer begin, because it has not.

    False when a worker took the ticket first, or nobody can take it.
    """
    taken = False
    for ticket in directory.start_tickets():
        with suppress(OSError):
            ticket.unlink()
            taken = True
    return taken


def process_of(directory: RunDirectory) -> int | None:
    """Return the process that holds a run's directory; None when there is none, or the lock cannot be asked."""
    try:
        return locks.holder(directory.lock)
    except OSError:
        return None


def log_tail(directory: RunDirectory, lines: int = 3, limit: int = 20_000) -> str:
    """Return the last lines of a run's log, for a message; empty when there is none."""
    return file_tail(directory.log, lines, limit)


def file_tail(path: Path, lines: int = 3, limit: int = 20_000) -> str:
    """Return the last lines of a file that is text, for a message; empty when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - limit))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join([line[:500] for line in text.splitlines() if line.strip()][-lines:])
