"""What a disk says of itself: its free space, and whether it can be written at all. Cheap: one call of the system."""

import os
import time
from pathlib import Path

from bertft_tui.core.errors import Problem

#: Below so many free bytes a checkpoint hardly fits; below so many more than a few lines do not.
NEARLY_FULL, FULL = 50_000_000, 5_000_000

#: Seconds between two looks.
EVERY = 3.0


def free_bytes(path: Path) -> int:
    """The bytes that this user may still write on the disk of a path, or of the nearest folder that is there."""
    found = _statistics(path)
    return found.f_frsize * (found.f_bavail if os.geteuid() else found.f_bfree)


def megabytes(size: float) -> str:
    """A size in words: `3 MB`, `0.4 MB`."""
    return f"{size / 1e6:,.0f} MB" if size >= 10e6 else f"{size / 1e6:.1f} MB"


def disk_trouble(path: Path) -> Problem | None:
    """Say that the disk of a path is (nearly) full or read-only; None when all is well or nobody knows."""
    try:
        read_only, free = bool(_statistics(path).f_flag & os.ST_RDONLY), free_bytes(path)
    except OSError:
        return None
    waits = "A run that is under way goes on; its points wait in memory and are written when"
    where, room = f"The disk of {path}", f"{megabytes(free)} free"
    if read_only:
        return Problem("The disk is read-only", f"{where} cannot be written. {waits} it can be.")
    if free < FULL:
        return Problem("The disk is full", f"{where} is full (below {megabytes(FULL)} free). {waits} there is room.")
    if free < NEARLY_FULL:
        goes_on = "Runs go on without a checkpoint that does not fit."
        return Problem("The disk is nearly full", f"{where} has {room}. {goes_on}")
    return None


class DiskWatch:
    """Looks at the disks of some paths every few seconds, and remembers what is the matter with one of them."""

    def __init__(self, *paths: Path) -> None:
        self.trouble: Problem | None = None
        self._paths = paths
        self._looked = -EVERY

    def has_news(self) -> bool:
        """Look, when it is time; say whether a trouble has begun, has ended, or has become another."""
        now = time.monotonic()
        if now - self._looked < EVERY:
            return False
        self._looked, before = now, self.trouble
        self.trouble = next(filter(None, map(disk_trouble, self._paths)), None)
        return (before and before.title) != (self.trouble and self.trouble.title)


def _statistics(path: Path) -> os.statvfs_result:
    return os.statvfs(next(folder for folder in (path, *path.parents) if folder.exists()))
