"""Files on disks that fail: handed to what writes, in place of the file that it would open."""

import errno
import os
import threading
import time
from pathlib import Path

from bertft_tui.core.line_stream import AppendedFile


class FailingFile(AppendedFile):
    """A file whose disk takes `room` more bytes, then refuses with an errno, until `room` is set again."""

    def __init__(self, path: Path, room: int = 2**62, number: int = errno.ENOSPC) -> None:
        super().__init__(path)
        self.room, self.number = room, number
        self.refused = threading.Event()

    def write(self, data: bytes, /) -> int:
        """Write what fits; raise when nothing does."""
        if self.room <= 0:
            self.refused.set()
            raise OSError(self.number, os.strerror(self.number))
        written = super().write(data[: self.room])
        self.room -= written
        return written


class SlowFile(AppendedFile):
    """A file whose writes and syncs last some seconds each, and for ever while their gate is closed."""

    def __init__(self, path: Path, seconds: float = 0.0, sync_seconds: float = 0.0) -> None:
        super().__init__(path)
        self.seconds, self.sync_seconds = seconds, sync_seconds
        self.gate, self.sync_gate, self.in_sync = threading.Event(), threading.Event(), threading.Event()
        self.gate.set()
        self.sync_gate.set()

    def write(self, data: bytes, /) -> int:
        """Write when the gate is open, after some time."""
        time.sleep(self.seconds)
        self.gate.wait()
        return super().write(data)

    def sync(self) -> None:
        """Sync when the gate is open, after some time."""
        self.in_sync.set()
        time.sleep(self.sync_seconds)
        self.sync_gate.wait()
        super().sync()
