"""A real disk of a few megabytes, that can be filled."""

import errno
import subprocess
import sys
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class CannotMount(unittest.SkipTest):
    """This machine, or this user, may mount nothing: a test that is for such a disk is skipped."""


@contextmanager
def small_disk(folder: Path, megabytes: float, *options: str) -> Iterator[Path]:
    """Mount a disk in memory on a folder. Raises CannotMount."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ",".join([f"size={round(megabytes * 1024)}k", *options])
    command = ["mount", "-t", "tmpfs", "-o", words, "none", str(folder)]
    if sys.platform != "linux" or subprocess.run(command, capture_output=True, check=False).returncode:
        raise CannotMount("a small disk cannot be mounted here")
    try:
        yield folder
    finally:
        if folder.is_mount():
            unmount(folder)


def unmount(folder: Path) -> None:
    """Take a disk away, also from who has files open on it."""
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(ballast: Path) -> None:
    """Let a file grow until its disk is full to the last byte."""
    with ballast.open("ab", buffering=0) as file:
        for size in (100_000, 1000, 1):
            try:
                while file.write(b"\1" * size) == size:
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Fill the disk that a folder is on, and make room again."""
    ballast = folder / "ballast"
    try:
        fill(ballast)
        yield
    finally:
        ballast.unlink(missing_ok=True)
