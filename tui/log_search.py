"""Looking for something in a whole log, without ever holding more of it than a piece."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bertft_tui.tui.log_file import read_bytes

_CHUNK = 1 << 20

#: More lines than this are not counted.
MOST_MATCHES = 50_000

#: What the first line that speaks of a failure has in it.
_FAILURE = re.compile(rb"(?i)traceback \(most recent|\b(\w*error|\w*exception|fatal|killed|segmentation fault)\b")


@dataclass(frozen=True)
class Matches:
    """Where something stands: the bytes at which the lines begin, and how far the log was looked through."""

    offsets: tuple[int, ...] = ()
    looked: int = 0  # where the first line begins that was not looked at as a whole

    @property
    def is_full(self) -> bool:
        """Whether there may be more than are counted."""
        return len(self.offsets) >= MOST_MATCHES


def search(
    files: tuple[Path, ...],
    text: str,
    before: Matches | None = None,
    ended: Callable[[], bool] = lambda: False,
) -> Matches:
    """Find the lines with a text, capitals or not; go on where an earlier search ended."""
    found = before or Matches()
    needle = text.lower().encode("utf-8", errors="replace")
    offsets, looked = [each for each in found.offsets if each < found.looked], found.looked
    for start, lines, whole in _chunks(files, looked):
        lowered = lines.lower()
        place = lowered.find(needle)
        while place >= 0 and len(offsets) < MOST_MATCHES:
            offsets.append(start + lowered.rfind(b"\n", 0, place) + 1)
            end = lowered.find(b"\n", place)
            place = lowered.find(needle, end) if end >= 0 else -1
        if whole:
            looked = start + len(lines)
        if ended() or len(offsets) >= MOST_MATCHES:
            break
    return Matches(tuple(offsets), looked)


def first_failure(files: tuple[Path, ...]) -> int | None:
    """Where the first line begins that speaks of an error; None without one."""
    for start, lines, _ in _chunks(files, 0):
        if (found := _FAILURE.search(lines)) is not None:
            return start + lines.rfind(b"\n", 0, found.start()) + 1
    return None


def _chunks(files: tuple[Path, ...], start: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield whole lines, with where they begin; and the line without an end at last, which is not whole."""
    rest = b""
    while data := read_bytes(files, start + len(rest), _CHUNK):
        lines, newline, rest = (rest + data).rpartition(b"\n")
        if newline:
            yield start, lines + newline, True
            start += len(lines) + 1
        elif len(rest) > 8 * _CHUNK:  # no line is that long: it is looked through in pieces
            yield start, rest, True
            start, rest = start + len(rest), b""
    if rest:
        yield start, rest, False
