"""Lines on their way to a file, whatever its disk does: whoever puts one is never stopped, and nothing raises.

A thread writes, hundredths of a second after `put` unless a library keeps Python to itself longer. `reach` wakes it
and waits, so on a healthy disk a line and all before it are the kernel's when it returns. A disk that fails or is
slow is not waited for: the lines wait in memory and follow, in their order.
"""

import errno
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from bertft_tui.core.backlog import Backlog

#: Seconds that a line is waited for on a disk that was well so far, and that a write lasts there at most.
PATIENCE = 0.5
_QUICK = 0.05

#: Seconds between two tries on a disk that fails.
RETRY = 0.5

#: Why lines wait while their file has no name.
_GONE = "Its directory is gone"

#: Seconds in which lines gather that nobody waits for: to wake the writer for each would cost more than to write it.
#: It wakes by itself as long as there were some, and goes to sleep when so often there were none.
_GATHERING = 0.02
_QUIET = 3

#: Seconds of mere slowness, or without a directory, that are worth a word.
_NOTEWORTHY = 5.0

#: Seconds between two words: a disk that fills again and again has one a minute.
_SPACING = 60.0

#: Bytes that are written at once, when so many wait.
_CHUNK = 1_000_000


class RawFile(Protocol):
    """What lines are written to."""

    def write(self, data: bytes, /) -> int:
        """Write some of the bytes; return how many. Raises OSError."""

    def sync(self) -> None:
        """Bring what was written to the disk. Raises OSError."""

    def fileno(self) -> int:
        """The open descriptor."""

    def close(self) -> None:
        """Close it."""


class AppendedFile:
    """A private file that is appended to; readable, since one that was deleted can still be copied."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, data: bytes, /) -> int:
        """Write some of the bytes; return how many."""
        return os.write(self._descriptor, data)

    def sync(self) -> None:
        """Bring what was written to the disk."""
        os.fsync(self._descriptor)

    def fileno(self) -> int:
        """The open descriptor."""
        return self._descriptor

    def close(self) -> None:
        """Close it."""
        os.close(self._descriptor)


@dataclass
class Trouble:
    """A time in which a disk could not be written, or only slowly."""

    since: float  # seconds since the epoch
    until: float
    reason: str = ""  # of the system; empty when the disk was only slow
    waited: int = 0  # lines
    dropped: Counter[str] = field(default_factory=Counter)  # lines, by kind


class LineStream:
    """Writes lines to a file in a thread of its own, where `recovered` is called when a trouble has ended."""

    def __init__(
        self,
        file: RawFile,
        backlog: Backlog,
        recovered: Callable[[Trouble], None] = lambda trouble: None,
        *,
        gather: Callable[[], None] = lambda: None,
        first: bytes = b"",
    ) -> None:
        """`gather` puts what was kept for `soon`."""
        self._file, self._backlog, self._recovered, self._gather = file, backlog, recovered, gather
        self._held = False
        self._flight: list[bytes] = []  # the lines being written
        self._rest = first  # the bytes of them that are still to be written
        self._taken = self._written = 0  # numbers of lines
        self._began: float | None = None  # when the write began that is under way
        self._well, self.is_open = True, True
        self.dirty = False
        self._trouble: Trouble | None = None
        self._told = -_SPACING
        self._lock = threading.RLock()  # a signal handler that prints comes between the lines of `put`
        self._done = threading.Condition(self._lock)
        # What every line passes are bare locks: a condition costs three times as much, and a training step waits.
        self._asleep = False
        self._bell = threading.Lock()  # free when there is something to do, and the writer is asleep
        self._bell.acquire()
        self._hurry = threading.Lock()  # free when somebody waits
        self._hurry.acquire()
        self._reaching = deque[tuple[int, threading.Lock]]()  # who waits for which line
        self._putting = 0  # the thread that is in `put`
        self._writing = threading.Lock()  # held while the file is written, against its being exchanged
        self._nudge = threading.Event()
        self._process = os.getpid()
        self._thread = threading.Thread(target=self._run, name="lines", daemon=True)
        self._thread.start()

    def put(self, kind: str, line: bytes) -> int:
        """Hand over a line; return its number, for `reach`."""
        if not self.is_open or os.getpid() != self._process:  # a forked child has no thread, and perhaps a taken lock
            with suppress(OSError):
                self._file.write(line)
            return 0
        with self._lock:
            before, self._putting = self._putting, threading.get_ident()
            try:
                self._see_delay()
                self._wake()
                return self._backlog.add(kind, line)
            finally:
                self._putting = before

    def soon(self) -> bool:
        """Have the thread `gather` lines in hundredths of a second; False where they had better be put at once."""
        if not self.is_open or os.getpid() != self._process:
            return False
        self._see_delay()
        self._wake()
        return self._well

    def reach(self, number: int) -> None:
        """Wait until the line of this number is written, on a disk that is well and for milliseconds only."""
        if not self._well or threading.get_ident() == self._thread.ident or os.getpid() != self._process:
            return
        _ring(self._hurry)
        if self._putting == threading.get_ident():  # in a signal handler: the lock has to be let go for so long
            with self._done:
                written = self._done.wait_for(lambda: self._written >= number, PATIENCE)
        else:
            written = self._is_written(number)
        if not written:
            self._be_slow(PATIENCE)

    def _is_written(self, number: int) -> bool:
        """Wait for a line for some milliseconds; say whether it is written."""
        mine = threading.Lock()
        mine.acquire()
        self._reaching.append((number, mine))
        # The writer first notes what is written and then looks at who waits: one of both sees the other.
        return self._written >= number or mine.acquire(timeout=PATIENCE)

    def _wake(self) -> None:
        # The writer first notes that it sleeps and then looks whether there is something: one of both sees the other.
        if self._asleep:
            _ring(self._bell)

    def _see_delay(self) -> None:
        """Note a write that lasts longer than anybody waits for one: nobody may be waiting."""
        began = self._began  # the writer, which is not locked out here, may forget it now
        if self._well and began is not None and (lasted := time.monotonic() - began) > PATIENCE:
            with self._lock:
                if self._began == began:
                    self._be_slow(lasted)

    def _be_slow(self, seconds: float) -> None:
        with self._lock:
            self._well = False
            self._trouble = self._trouble or Trouble(time.time() - seconds, time.time())

    def wait(self, seconds: float) -> bool:
        """Wait until all that was put is written, so long at most; say whether it is."""
        _ring(self._hurry)
        with self._done:
            return self._done.wait_for(lambda: not (self._backlog or self._rest), seconds)

    def trouble(self) -> Trouble | None:
        """What is the matter with the disk, or was and has not been said; None when all is well."""
        with self._done:
            self._see_delay()
            if self._trouble is None or (self._well and not self._trouble.reason):
                return None
            if self._well:
                return replace(self._trouble, dropped=Counter(self._backlog.dropped))
            waiting = self._trouble.waited + len(self._flight) + len(self._backlog)
            return replace(self._trouble, until=time.time(), waited=waiting, dropped=Counter(self._backlog.dropped))

    def sync(self) -> None:
        """Bring what was written to the disk; a failure is a trouble like any other."""
        self.dirty = False
        try:
            self._file.sync()
        except OSError as error:
            self.dirty = True
            self._fail(error)

    def fileno(self) -> int:
        """The open descriptor of the file."""
        return self._file.fileno()

    def hold(self) -> None:
        """Let lines wait from now on, until another file is put in the place of this one."""
        with self._writing:
            self._held = True

    def release(self) -> None:
        """Write on in the file that was held."""
        if not self._held:
            return  # without a look at a lock that a disk that hangs keeps
        with self._writing:
            self._held = False
        self._nudge.set()

    def exchange(self, file: RawFile) -> None:
        """Go on in another file, which holds what this one does; close this one."""
        with self._writing:
            before, self._file = self._file, file
            self._held = False
            self.dirty = True
        before.close()
        self._nudge.set()

    def end(self) -> list[bytes]:
        """Write no more; return the lines that were not written."""
        with self._lock:
            self.is_open = False
        _ring(self._bell)
        _ring(self._hurry)
        self._nudge.set()
        self._thread.join(PATIENCE)
        if not self._thread.is_alive():
            self._file.close()
        with self._lock:
            return [*_ending_with(self._flight, len(self._rest)), *self._backlog.take(2**62)[1]]

    def _run(self) -> None:
        while self._take():
            began = self._began = time.monotonic()
            try:
                self._write_rest()
            except OSError as error:
                self._fail(error)
                self._nudge.wait(RETRY)
                self._nudge.clear()
            else:
                self._succeed(time.monotonic() - began)

    def _take(self) -> bool:
        """Wait for something to write; False when the stream has ended."""
        quiet = 0
        while True:
            self._asleep = quiet > _QUIET
            self._gather()
            with self._lock:
                if self.is_open and self._backlog and not self._rest:
                    self._taken, self._flight = self._backlog.take(_CHUNK)
                    self._rest = b"".join(self._flight)
                if self._rest or not self.is_open:
                    return self.is_open
            if self._asleep:
                self._bell.acquire()
                quiet = 0
            self._hurry.acquire(timeout=_GATHERING)
            quiet += 1

    def _write_rest(self) -> None:
        """Write on where the last try ended: a line that was cut is completed."""
        with self._writing:
            if self._held:
                raise FileNotFoundError(errno.ENOENT, _GONE)
            while rest := self._rest:
                self._rest = rest[self._file.write(rest) :]

    def _fail(self, error: OSError) -> None:
        with self._done:
            self._well, self._began = False, None
            self._trouble = self._trouble or Trouble(time.time(), time.time())
            self._trouble.reason = error.strerror or str(error)

    def _succeed(self, seconds: float) -> None:
        """Note what is written now; when that ends a trouble, say so."""
        ended = None
        with self._done:
            slow = seconds > _QUICK
            now = time.time()
            if slow:
                self._trouble = self._trouble or Trouble(now - seconds, now)
            if self._trouble is not None and (slow or not self._well):
                self._trouble.waited += len(self._flight)
                self._trouble.until = now
            self._flight, self._written, self._began = [], self._taken, None
            self._well = not slow and not (self._trouble and self._backlog)
            self.dirty = True
            if self._trouble is not None and not self._backlog and (self._trouble.reason or not slow):
                ended = self._end_trouble(self._trouble)
            self._done.notify_all()
        self._let_go()
        if ended is not None:
            self._recovered(ended)

    def _let_go(self) -> None:
        """Let those go on whose lines are written."""
        for _ in range(len(self._reaching)):  # others come meanwhile
            number, lock = self._reaching.popleft()
            if number <= self._written:
                lock.release()
            else:
                self._reaching.append((number, lock))

    def _end_trouble(self, trouble: Trouble) -> Trouble | None:
        """Return a trouble that has ended, when it is worth a word now."""
        if trouble.reason in ("", _GONE) and trouble.until - trouble.since < _NOTEWORTHY:
            self._trouble = None
            return None
        if time.monotonic() - self._told < _SPACING:
            return None  # said with the next one
        self._told, self._trouble = time.monotonic(), None
        trouble.dropped, self._backlog.dropped = self._backlog.dropped, Counter()
        return trouble


def _ring(bell: threading.Lock) -> None:
    """Let the writer go on that waits for a bell, or will."""
    if bell.locked():
        with suppress(RuntimeError):  # it was told between the two
            bell.release()


def _ending_with(lines: list[bytes], size: int) -> list[bytes]:
    """Return the last lines in which so many bytes lie; the first of them may be cut."""
    first = len(lines)
    while size > 0 and first > 0:
        first -= 1
        size -= len(lines[first])
    return lines[first:]
