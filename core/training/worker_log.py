"""The worker's log: its stdout and stderr, which a disk that is full or slow makes neither raise nor wait."""

import atexit
import io
import os
import sys
from typing import Any, cast

from bertft_tui.core.backlog import Backlog
from bertft_tui.core.line_stream import LineStream, Trouble
from bertft_tui.core.redaction import RedactingStream

_STDOUT, _STDERR = 1, 2

#: Bytes of text that wait for the disk; the oldest goes first.
_MEMORY = 4_000_000

#: Seconds that what was printed last waits for the disk.
_PATIENCE = 1.0


class Descriptor:
    """An open descriptor as a file of lines, which stays open."""

    def __init__(self, number: int) -> None:
        self._number = number

    def write(self, data: bytes, /) -> int:
        """Write some of the bytes; return how many."""
        return os.write(self._number, data)

    def sync(self) -> None:
        """A log is not synced."""

    def fileno(self) -> int:
        """The descriptor."""
        return self._number

    def close(self) -> None:
        """Leave it open: native libraries print there too."""


class _Printed(io.RawIOBase):
    """The bytes below `sys.stdout` and `sys.stderr`. Only what stands on stderr is waited for: it may be the last."""

    def __init__(self, lines: LineStream, descriptor: int) -> None:
        self._lines, self._descriptor = lines, descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        number = self._lines.put("text", bytes(data))
        if self._descriptor == _STDERR:
            self._lines.reach(number)
        return len(data)


def print_through_memory() -> LineStream:
    """Let this process print through memory, and no secrets; return the lines on their way, for `end_printing`.

    That is also done when the interpreter ends.
    """
    lines = LineStream(Descriptor(_STDOUT), Backlog(("text",), max_bytes=_MEMORY), _say)
    for name, descriptor in (("stdout", _STDOUT), ("stderr", _STDERR)):
        raw = _Printed(lines, descriptor)
        text = RedactingStream(cast(Any, raw), "utf-8", "backslashreplace", line_buffering=True, write_through=True)
        setattr(sys, name, text)
    atexit.register(end_printing, lines)
    return lines


def end_printing(lines: LineStream) -> None:
    """Wait a moment for what was printed last; what is printed later goes straight to the file."""
    if lines.is_open:
        lines.wait(_PATIENCE)
        lines.end()


def _say(trouble: Trouble) -> None:
    if dropped := trouble.dropped.total():
        print(f"{dropped:,} pieces of this log were dropped here: the disk could not be written ({trouble.reason})")
