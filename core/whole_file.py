"""Small files that are written whole or not at all: under another name first, then renamed."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path, *, sync: bool = False, shared: bool = False) -> Iterator[BinaryIO]:
    """Give a file to write, for the user's eyes only; at the end it takes the path's place, on an error nothing does.

    `sync`: it is on the disk before it has its name. `shared`: others may write in this folder, or several processes
    the same path at a time, so nobody can foresee the temporary name, and a file of the user's that is there keeps
    its permissions; without it, what a killed process left is written over the next time. A link at either name is
    replaced, never followed.

    Raises OSError.
    """
    temporary = path.with_name(f".{secrets.token_hex(8) if shared else path.name}.partial")
    if not shared:
        temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            if shared:
                _open_as(path, file.fileno())
            if sync:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _open_as(path: Path, descriptor: int) -> None:
    """Give a new file the permissions of the user's own file whose place it takes: whoever opened that one meant it.

    It stays private where there was none, and where a link was, or what somebody else has put there: in a folder that
    all may write in, such a file says nothing.
    """
    with suppress(OSError):  # there was none, or the file system has no permissions
        old, new = path.lstat(), os.fstat(descriptor)
        if stat.S_ISREG(old.st_mode) and (old.st_uid, old.st_gid) == (new.st_uid, new.st_gid):
            os.fchmod(descriptor, stat.S_IMODE(old.st_mode) & 0o777)


def write_whole(path: Path, content: bytes, *, sync: bool = False, shared: bool = False) -> None:
    """Write a file as `whole_file` does. Raises OSError."""
    with whole_file(path, sync=sync, shared=shared) as file:
        file.write(content)
