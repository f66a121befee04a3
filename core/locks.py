"""Locks that the kernel lets go when their holder dies, however it dies.

POSIX record locks (`lockf`): not inherited by children, and the kernel says who holds one. Closing *any* descriptor
of the file in the holding process drops its lock, so a held lock is opened once and kept.
"""

import fcntl
import os
import struct
import sys
from pathlib import Path
from typing import BinaryIO

# struct flock, which Python does not describe; `F_GETLK` fills in type and process id.
_LINUX = "hhqqi4x"  # type, whence, start, length, pid
_BSD = "qqihh"  # start, length, pid, type, whence


def hold(path: Path) -> BinaryIO | None:
    """Take the lock, without waiting. The open file holds it; None when another process has it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def holder(path: Path) -> int | None:
    """Return the process id that holds the lock, None when it is free. Never takes the lock.

    Not for a lock that this very process holds: opening and closing the file would drop it.
    """
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        return _ask(descriptor)
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether a process holds the lock, as far as this user may ask."""
    try:
        return holder(path) is not None
    except OSError:
        return False


def _ask(descriptor: int) -> int | None:
    """Ask the kernel who would keep us from an exclusive lock on the whole file."""
    if sys.platform == "darwin":
        request = struct.pack(_BSD, 0, 0, 0, fcntl.F_WRLCK, os.SEEK_SET)
        _, _, pid, kind, _ = struct.unpack(_BSD, fcntl.fcntl(descriptor, fcntl.F_GETLK, request))
    else:
        request = struct.pack(_LINUX, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, pid = struct.unpack(_LINUX, fcntl.fcntl(descriptor, fcntl.F_GETLK, request))
    return None if kind == fcntl.F_UNLCK else int(pid)
