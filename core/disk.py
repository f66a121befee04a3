"""What a disk says of itself: its free space, and whether it can be written at all. Cheap: one call of the system."""

import os
from pathlib import Path

from bertft_tui.core.errors import Problem

#: Below so many free bytes a disk counts as full: a checkpoint does not fit, and a store hardly.
NEARLY_FULL = 50_000_000


def free_bytes(path: Path) -> int:
    """The bytes that this user may still write on the disk of a path, or of the nearest folder that is there."""
    found = _statistics(path)
    return found.f_frsize * (found.f_bavail if os.geteuid() else found.f_bfree)


def megabytes(size: float) -> str:
    """A size in words: `3 MB`, `0.4 MB`."""
    return f"{size / 1e6:,.0f} MB" if size >= 10e6 else f"{size / 1e6:.1f} MB"


def disk_trouble(path: Path) -> Problem | None:
    """Say that the disk of a path is nearly full or read-only; None when all is well or nobody knows."""
    try:
        read_only, free = bool(_statistics(path).f_flag & os.ST_RDONLY), free_bytes(path)
    except OSError:
        return None
    waits = "Training goes on; points wait in memory and are written when"
    if read_only:
        return Problem(f"The disk of {path} is read-only", f"{waits} it can be written again.", "Mount it writable.")
    if free < NEARLY_FULL:
        return Problem(f"The disk of {path} is full: {megabytes(free)} free", f"{waits} there is room.", "Make room.")
    return None


def _statistics(path: Path) -> os.statvfs_result:
    return os.statvfs(next(folder for folder in (path, *path.parents) if folder.exists()))
