"""What people ask of a running worker: empty files in `control/`, and SIGTERM, which means stop."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from bertft_tui.core.paths import RunDirectory


class Cancelled(Exception):
    """Somebody asked to end at once, with nothing saved."""


class Stopped(Exception):
    """Somebody asked to stop where there is nothing new to save: before training, or inside an evaluation."""


class Control:
    """Looks for the requests; two calls of `access`, a third of what `exists` takes, so it is asked on every step."""

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._stop, self._cancel = map(os.fspath, (run.stop_request, run.cancel_request))  # texts: paths cost more
        self._terminated = False
        self._interruptible = False

    def listen(self) -> None:
        """Take SIGTERM as a request to stop; leave interrupts to the terminals they come from."""
        signal.signal(signal.SIGTERM, self._on_terminate)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    @property
    def stop_requested(self) -> bool:
        """Whether somebody asked to save and stop."""
        return self._terminated or os.access(self._stop, os.F_OK)

    def check_cancel(self) -> None:
        """Raise Cancelled when somebody asked for it."""
        if os.access(self._cancel, os.F_OK):
            raise Cancelled

    def check(self) -> None:
        """Raise Cancelled or Stopped when somebody asked for it."""
        self.check_cancel()
        if self.stop_requested:
            raise Stopped

    def answered(self) -> None:
        """Take the stop request away, so that the next attempt does not find it."""
        with suppress(OSError):  # a disk that is read-only refuses it, also where there is none
            self._run.stop_request.unlink(missing_ok=True)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let a request end what is under way wherever it is, inside a library too: nothing is there to be saved yet.

        A library that swallows the exception only delays the end: the next look at `control/` raises it again.
        """
        self._interruptible = True
        try:
            self.check()
            yield
        finally:
            self._interruptible = False

    def undisturbed(self, do: Callable[[], None]) -> None:
        """Let a request wait while something is done that must not be cut in two, such as a line of the journal."""
        before, self._interruptible = self._interruptible, False
        try:
            do()
        finally:
            self._interruptible = before
        if before:
            self.check()

    def _on_terminate(self, _number: int, _frame: FrameType | None) -> None:
        """Somebody asks: with a file in `control/`, or with the signal alone, which means stop."""
        self._terminated = self._terminated or not self._run.cancel_request.exists()
        if self._interruptible:
            self._interruptible = False  # once: what is in order on the way out is not disturbed
            self.check()
