"""When there is a warm process, and which runs start from it; whatever is unusual starts cold.

It is wanted while somebody is about to launch a run, or runs wait in the queue, and goes when it was of no use for a
while.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import psutil

from bertft_tui.core.forking import NO_WARM, adopt_orphans
from bertft_tui.core.paths import RunDirectory, StorePath
from bertft_tui.core.scheduling.children import ForkedWorker, NoAnswerError
from bertft_tui.core.scheduling.launcher import worker_environment
from bertft_tui.core.scheduling.orphans import Orphans
from bertft_tui.core.scheduling.warm_process import WarmProcess
from bertft_tui.core.scheduling.wish import take_wish

#: Seconds that a warm process stays after the last launch, or the last wish for one.
IDLE = 300.0

#: Seconds after its start within which a run waits for a warm process: what it imports, a cold start would too.
_READY_WITHIN = 15.0

#: Seconds at least between two starts of a warm process, and after the first that failed; each further doubles them.
_SPARINGLY = 30.0
_AFTER_FAILURE = 60.0

#: Bytes of memory that have to be free for one: it takes less than a quarter of them.
_ROOM = 2e9

Environment = Mapping[str, str]


class WarmStart:
    """The warm process of one scheduler, if there is one."""

    def __init__(self, path: StorePath, *, is_on: bool = True) -> None:
        self.orphans = Orphans()
        self._path = path
        self._allowed = is_on and is_allowed(os.environ)
        self._process: WarmProcess | None = None
        self._failures = 0
        self._wished: Environment | None = None
        self._expected_until = self._useful_until = self._not_before = 0.0  # monotonic seconds

    @property
    def is_expected(self) -> bool:
        """Whether somebody is about to launch a run, as far as anybody knows."""
        return time.monotonic() < self._expected_until

    @property
    def pid(self) -> int | None:
        """The process id of the warm process."""
        return self._process.pid if self._process is not None else None

    def look(self, waiting: Environment | None, may_start: Callable[[], bool]) -> None:
        """Start a warm process where one is wanted, and end one that is not any more.

        `waiting`: the environment of the run that is next in the queue; None when none waits. `may_start`: whether
        nothing is under way that would be slower for it.
        """
        self.orphans.reap()
        if not self._allowed:
            return
        self._hear_wish()
        now = time.monotonic()
        if waiting is not None:
            self._useful_until = now + IDLE
        wanted = self._wished if self.is_expected else waiting
        if self._process is not None:
            self._judge(self._process, wanted)
        elif wanted is not None and is_allowed(wanted) and now >= self._not_before and may_start():
            self._start(wanted)

    def is_coming(self, environment: Environment) -> bool:
        """Whether a warm process for this environment is so far on its way that a run does well to wait for it."""
        process = self._process
        if process is None or not process.is_alive() or process.is_ready:
            return False
        return process.age < _READY_WITHIN and process.suits(environment)

    def fork(self, ticket: str, directory: RunDirectory, environment: Environment) -> ForkedWorker | None:
        """Fork a worker, if this run can be started so; None when it has to start cold.

        Raises NoAnswerError when a worker was asked for and none is known of; OSError as a cold start does.
        """
        process = self._process
        if process is None or not (process.is_alive() and process.is_ready and process.suits(environment)):
            return None
        if not process.is_current():
            self.end()
            return None
        try:
            worker = process.fork(ticket, directory.path, environment, directory.log)
        except NoAnswerError:
            self._fail()
            raise
        self._useful_until = time.monotonic() + IDLE
        if self.is_expected:
            self._expected_until = self._useful_until
        return worker

    def end(self) -> None:
        """End the warm process; the memory is free again."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def _hear_wish(self) -> None:
        if self._path.wish.exists() and (hub := take_wish(self._path)) is not None:
            self._wished = worker_environment(None, hub)
            self._expected_until = self._useful_until = time.monotonic() + IDLE

    def _judge(self, process: WarmProcess, wanted: Environment | None) -> None:
        """End a warm process that has failed, was idle for long, or is of no use to the run that is expected."""
        if not process.is_alive():
            self._fail()
        elif time.monotonic() >= self._useful_until or (wanted is not None and not process.suits(wanted)):
            self.end()

    def _start(self, environment: Environment) -> None:
        self._not_before = time.monotonic() + _SPARINGLY
        if psutil.virtual_memory().available < _ROOM:
            return
        if not adopt_orphans():
            self._allowed = False
            return
        with suppress(OSError):
            self._process = WarmProcess(environment, self._path.scheduler_log)

    def _fail(self) -> None:
        self.end()
        self._not_before = time.monotonic() + _AFTER_FAILURE * 2**self._failures
        self._failures += 1


def is_allowed(environment: Environment) -> bool:
    """Whether an environment lets workers be forked, and the system knows how to take care of them."""
    return sys.platform == "linux" and environment.get(NO_WARM, "") in ("", "0")
