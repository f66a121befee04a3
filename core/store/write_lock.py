"""The one lock around writes: across processes by a file, across the threads of one process by a lock in memory.

A file lock has no queue: whoever asks at the right moment gets it, and a process that writes in a loop asks at the
right moment again and again. So a few writes are a turn, after which a process leaves a gap for the others, and
those who have waited longer ask more often.
"""

import threading
import time
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

#: Seconds. Longer than any write of ours takes, slow disks included, and than 64 of them in a row.
LOCK_TIMEOUT = 30.0

#: Seconds that one has waited, and seconds between two of its questions from then on.
_PATIENCE = ((2.0, 0.001), (0.5, 0.003), (0.0, 0.01))

#: Writes with less than `_GAP` seconds between them that make a turn, and the gap that is left after one.
_TURN = 4
_GAP = 0.003


class WriteLock:
    """Held by one thread of one process at a time. Entering raises filelock.Timeout after `LOCK_TIMEOUT`."""

    def __init__(self, path: Path) -> None:
        self._file = FileLock(path, mode=0o600, thread_local=False)
        self._thread = threading.Lock()
        self._released = 0.0
        self._turn = 0

    def __enter__(self) -> None:
        began = time.monotonic()
        if not self._thread.acquire(timeout=LOCK_TIMEOUT):
            raise Timeout(self._file.lock_file)
        try:
            self._leave_a_gap()
            self._wait(began)
        except BaseException:
            self._thread.release()
            raise

    def _leave_a_gap(self) -> None:
        self._turn = self._turn + 1 if time.monotonic() - self._released < _GAP else 0
        if self._turn >= _TURN:
            time.sleep(_GAP)
            self._turn = 0

    def _wait(self, began: float) -> None:
        while True:
            try:
                self._file.acquire(blocking=False)
            except Timeout:
                waited = time.monotonic() - began
                if waited > LOCK_TIMEOUT:
                    raise
                time.sleep(next(pause for age, pause in _PATIENCE if waited >= age))
            else:
                return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.release()
        self._released = time.monotonic()
        self._thread.release()
