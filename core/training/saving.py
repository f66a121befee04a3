"""Writing to a run's disk, which may refuse: said in words, and waited for where training cannot go on without."""

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from safetensors import SafetensorError

from bertft_tui.core.disk import free_bytes, megabytes
from bertft_tui.core.errors import BertftError
from bertft_tui.core.training.failures import explain
from bertft_tui.core.training.reporter import Reporter
from bertft_tui.core.training.write_errors import is_write_error

Result = TypeVar("Result")

#: Seconds that the last checkpoint of a training waits for its disk.
SAVING_PATIENCE = 600.0

#: Seconds between two looks at the requests and the free space, and at most between two tries.
_LOOK, _LONGEST = 0.5, 10.0


class DiskRefused(BertftError):
    """Something could not be written; it may be tried again."""


class Disk:
    """The disk of a run, as whoever saves there meets it."""

    def __init__(self, folder: Path, reporter: Reporter) -> None:
        self._folder, self._reporter = folder, reporter

    def write(self, work: Callable[[], Result], what: str, needed: int, *, surely: bool = False) -> Result:
        """Do some work that writes about `needed` bytes; with `surely` it is not begun where they are not free.

        Raises DiskRefused when the disk is what it failed for.
        """
        try:
            if surely and free_bytes(self._folder) < needed:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return work()
        except (OSError, RuntimeError, SafetensorError) as error:
            if not is_write_error(error):
                raise
            raise self._refusal(error, what, needed) from error

    def insist(self, work: Callable[[], Result], what: str, needed: int, *, surely: bool = False) -> Result:
        """Write, and wait for the disk as long as it refuses, saying so.

        Raises Cancelled, and DiskRefused when patience is at its end or somebody asked to stop.
        """
        deadline, pause = time.monotonic() + SAVING_PATIENCE, _LOOK
        while True:
            try:
                return self.write(work, what, needed, surely=surely)
            except DiskRefused as refusal:
                if self._reporter.control.stop_requested or time.monotonic() >= deadline:
                    raise
                self._reporter.tell(f"waiting for the disk. {refusal.problem.title}: {self._room(needed)}")
            self._rest(needed, min(pause, deadline - time.monotonic()))
            pause = min(2 * pause, _LONGEST)

    def _rest(self, needed: int, seconds: float) -> None:
        """Let time pass until there is room that was not, or a request. Raises Cancelled."""
        until, had_room = time.monotonic() + seconds, self._free() >= needed
        while time.monotonic() < until:
            time.sleep(_LOOK)
            self._reporter.control.check_cancel()
            if self._reporter.control.stop_requested or (not had_room and self._free() >= needed):
                return

    def _refusal(self, error: Exception, what: str, needed: int) -> DiskRefused:
        """Say what could not be written, why, and what it takes."""
        known = explain(error, "The disk cannot be written", "The log has the whole traceback.")
        full = known.title == "A file cannot be written whole" and self._free() < needed
        title = "The disk is full" if full else known.title
        why = (error.strerror if isinstance(error, OSError) else None) or known.message
        return DiskRefused(title, f"{what} cannot be saved ({why}): {self._room(needed)}.", known.hint)

    def _room(self, needed: int) -> str:
        return f"about {megabytes(needed)} needed, {megabytes(self._free())} free"

    def _free(self) -> int:
        try:
            return free_bytes(self._folder)
        except OSError:
            return 0
