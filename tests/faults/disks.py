"""Disks of a round, and the right to mount them."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from small_disk import CannotMount, small_disk, unmount

#: Who has no right to mount has it within a user namespace of its own, where the system allows such.
_NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")
_INSIDE = "FAULTS_INSIDE_NAMESPACE"


def can_mount() -> bool:
    """Whether this process may mount a disk."""
    with tempfile.TemporaryDirectory(prefix="mount-") as folder:
        try:
            with small_disk(Path(folder), 1):
                return True
        except CannotMount:
            return False


def go_where_one_can_mount() -> None:
    """Begin this program anew in a namespace in which it may mount, unless it may here or there is none."""
    if can_mount() or os.environ.get(_INSIDE):
        return
    with suppress(OSError):
        if subprocess.run([*_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0:
            os.environ[_INSIDE] = "yes"
            os.execvp(_NAMESPACE[0], [*_NAMESPACE, sys.executable, *sys.argv])


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nothing on a disk be opened for writing: by a mount of its own, since there are files open.

    It is made read-only where nobody is, and then laid over the disk.
    """
    aside = Path(tempfile.mkdtemp(prefix="read-only-"))
    _mount("--bind", str(folder), str(aside))
    try:
        _mount("-o", "remount,ro,bind", str(aside))
        _mount("--bind", str(aside), str(folder))
        try:
            yield
        finally:
            unmount(folder)
    finally:
        unmount(aside)
        aside.rmdir()


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)
