"""The one lock around writes: across processes by `flock` on a file, across one process's threads in memory.

Who has to wait sleeps in the kernel, which wakes one after the other. Asking again and again instead, sixty-four
writers on two processors kept each other from their work for half a minute. A process that writes in a loop would
take the lock again before the one that was woken has opened its eyes: a few writes are a turn, then it leaves a gap.
"""

import fcntl
import os
import threading
import time
from pathlib import Path
from types import TracebackType

#: Seconds. Longer than any write of ours takes, slow disks included, and than 64 of them in a row.
LOCK_TIMEOUT = 30.0

#: Writes with less than `_GAP` seconds between them that make a turn, and the gap that is left after one.
_TURN = 4
_GAP = 0.003


class WriteLock:
    """Held by one thread of one process at a time. Entering raises TimeoutError after `LOCK_TIMEOUT`, OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = threading.Lock()
        self._descriptor = -1
        self._released = 0.0
        self._turn = 0

    def __enter__(self) -> None:
        deadline = time.monotonic() + LOCK_TIMEOUT
        if not self._thread.acquire(timeout=LOCK_TIMEOUT):
            raise TimeoutError
        try:
            self._leave_a_gap()
            self._descriptor = _take(self._path, deadline)
        except BaseException:
            self._thread.release()
            raise

    def _leave_a_gap(self) -> None:
        self._turn = self._turn + 1 if time.monotonic() - self._released < _GAP else 0
        if self._turn >= _TURN:
            time.sleep(_GAP)
            self._turn = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)
        self._released = time.monotonic()
        self._thread.release()


def _take(path: Path, deadline: float) -> int:
    """Open and lock the file; return the descriptor that holds the lock. Once more if the file went meanwhile."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _Waiter(descriptor).wait(deadline)
        except BaseException:
            os.close(descriptor)
            raise
        if _is_open_as(path, descriptor):
            return descriptor
        os.close(descriptor)


def _is_open_as(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


class _Waiter:
    """Waits for a lock in a thread, since a wait in the kernel has no end of its own."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._guard = threading.Lock()
        self._done = threading.Event()
        self._given_up = False
        self._error: OSError | None = None

    def wait(self, deadline: float) -> None:
        """Return with the lock. Raises TimeoutError, OSError; the descriptor is closed then, now or later."""
        threading.Thread(target=self._block, name="write lock", daemon=True).start()
        try:
            if not self._done.wait(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
            if self._error is not None:
                raise self._error
        except BaseException:
            self._give_up()
            raise

    def _give_up(self) -> None:
        with self._guard:
            self._given_up = True
            if self._done.is_set():
                os.close(self._descriptor)

    def _block(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        except OSError as error:
            self._error = error
        with self._guard:
            self._done.set()
            if self._given_up:
                os.close(self._descriptor)
