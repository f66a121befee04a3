"""Processes that a scheduler learns the end of: those that it started, and those that were forked for it."""

import os
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from bertft_tui.core.paths import RunDirectory


class Child(Protocol):
    """A process as `subprocess.Popen` has it."""

    @property
    def pid(self) -> int:
        """Its id."""
        ...

    @property
    def returncode(self) -> int | None:
        """How it ended: below zero, by that signal; None while it lives, as far as was asked."""
        ...

    def poll(self) -> int | None:
        """Ask and return how it ended; None while it lives."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, at most so many seconds; return how it ended. Raises TimeoutError, or its like."""
        ...


#: Forks a worker for a ticket's name, a run directory and an environment; None when it has to be started otherwise.
Fork = Callable[[str, RunDirectory, Mapping[str, str]], Child | None]


class NoAnswerError(Exception):
    """A warm process was asked for a worker, and did not say that there is one."""


class ForkedWorker:
    """A worker that was forked for this process, which the kernel gave it to."""

    def __init__(self, pid: int) -> None:
        """Raises ChildProcessError when it is none of this process."""
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Ask and return how it ended; None while it lives."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, at most so many seconds; return how it ended. Raises TimeoutError."""
        began = time.monotonic()
        while (code := self.poll()) is None:
            if timeout is not None and time.monotonic() - began > timeout:
                raise TimeoutError
            time.sleep(0.01)
        return code
