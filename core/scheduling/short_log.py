"""The log of a program that is started again and again for years: it is cut when it is long."""

from contextlib import suppress
from pathlib import Path

#: Bytes of a log beyond which it is cut, and what is kept of its end.
MAX_LOG = 16_000_000
_KEPT = 4_000_000


def keep_the_end(log: Path, limit: int = MAX_LOG, kept: int = _KEPT) -> None:
    """Cut a log that is longer than `limit` to whole lines of its last `kept` bytes.

    In its place: processes have it open and append to it. One that is missing or cannot be written stays as it is.
    """
    with suppress(OSError):
        size = log.stat().st_size
        if size <= limit:
            return
        with log.open("r+b") as file:
            file.seek(size - kept)
            file.readline()  # cut somewhere
            end = file.read()
            file.seek(0)
            file.write(end)
            file.truncate()
