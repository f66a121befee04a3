"""Small files that are written whole or not at all: under another name first, then renamed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path, *, sync: bool = False, shared: bool = False) -> Iterator[BinaryIO]:
    """Give a file to write, for the user's eyes only; at the end it takes the path's place, on an error nothing does.

    `sync`: it is on the disk before it has its name. `shared`: several processes may write the same path at a time;
    without it, what a killed process left is written over the next time.

    Raises OSError.
    """
    mine = f".{os.getpid()}" if shared else ""
    temporary = path.with_name(f".{path.name}{mine}.partial")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            if sync:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: bytes, *, sync: bool = False, shared: bool = False) -> None:
    """Write a file as `whole_file` does. Raises OSError."""
    with whole_file(path, sync=sync, shared=shared) as file:
        file.write(content)
