"""A run's log, read in pieces: the end first, and more of it where somebody looks. What is foreign in it is safe.

A log that has grown long goes on in a new file; the two count as one here, and offsets run on over both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.redaction import redact
from bertft_tui.tui.format import clean

#: What is read at once. A line that is longer is shown in several.
PIECE = 64 * 1024

_LINE_LIMIT = 4000


class LogLine(NamedTuple):
    """A line as it is shown, and the byte of the log that it begins at."""

    offset: int
    text: str


@dataclass(frozen=True)
class LogPiece:
    """Lines that stand between two bytes of the log."""

    start: int
    end: int
    lines: tuple[LogLine, ...] = ()


@dataclass(frozen=True)
class LogStamp:
    """The state of a log: another one exactly when it was written to."""

    files: tuple[tuple[int, int, int], ...] = ()  # inode, bytes and time of change, the older file first

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return sum(size for _, size, _ in self.files)

    def goes_on(self, before: "LogStamp") -> bool:
        """Whether offsets of the state before mean the same bytes now: nothing was begun anew or cut."""
        same = [inode for inode, _, _ in self.files] == [inode for inode, _, _ in before.files]
        return same and self.size >= before.size


def log_files(directory: RunDirectory) -> tuple[Path, ...]:
    """The files of a run's log, the older one first."""
    return (directory.older_log, directory.log)


def log_stamp(files: Iterable[Path]) -> LogStamp:
    """Look at a log; files that are not there are left out."""
    found = []
    for path in files:
        try:
            state = path.stat()
        except OSError:
            continue
        found.append((state.st_ino, state.st_size, state.st_mtime_ns))
    return LogStamp(tuple(found))


def read_bytes(files: Iterable[Path], start: int, count: int) -> bytes:
    """Read some bytes of a log; fewer where it ends or cannot be read."""
    parts = []
    for path in files:
        try:
            with path.open("rb") as file:
                size = file.seek(0, 2)
                if start < size and count > 0:
                    file.seek(start)
                    parts.append(file.read(count))
                    count -= len(parts[-1])
                start = max(0, start - size)
        except OSError:
            continue
    return b"".join(parts)


def read_tail(files: tuple[Path, ...]) -> LogPiece:
    """Read the last lines of a log."""
    return read_before(files, log_stamp(files).size)


def read_before(files: tuple[Path, ...], end: int) -> LogPiece:
    """Read whole lines up to a byte where a line begins, or the log ends."""
    start = max(0, end - PIECE)
    data = read_bytes(files, start, end - start)
    first = data.find(b"\n") + 1 if start else 0
    if first >= len(data):
        first = 0  # one line is longer than a piece: it is cut
    return _piece(start + first, data[first:])


def read_after(files: tuple[Path, ...], start: int) -> LogPiece:
    """Read lines from a byte on where a line begins; the last one may still grow."""
    data = read_bytes(files, start, PIECE)
    if len(data) == PIECE and (last := data.rfind(b"\n") + 1):
        data = data[:last]
    return _piece(start, data)


def read_around(files: tuple[Path, ...], offset: int) -> LogPiece:
    """Read what stands before and behind a byte where a line begins."""
    before, behind = read_before(files, offset), read_after(files, offset)
    return LogPiece(before.start, behind.end, (*before.lines, *behind.lines))


def _piece(start: int, data: bytes) -> LogPiece:
    lines, place = [], start
    for line in data.split(b"\n"):
        lines.append(LogLine(place, shown(line)))
        place += len(line) + 1
    if not data or data.endswith(b"\n"):
        lines.pop()
    return LogPiece(start, start + len(data), tuple(lines))


def shown(line: bytes) -> str:
    """A line of a log, safe to print, without secrets that native code has printed past the worker.

    Of a progress bar, whose line is written over and over, the last state.
    """
    text = line.decode("utf-8", errors="replace").rstrip("\r").rpartition("\r")[2]
    return clean(redact(text), limit=_LINE_LIMIT)
