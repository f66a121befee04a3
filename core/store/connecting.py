"""Plain connections to the store's file, each with the same guards.

Nothing but SQLite opens the file while this process may have it open: closing any other descriptor of it lets go of
all locks that the process holds on it. Another process then takes itself for the last, removes the write-ahead log
at its end, and what is written here afterwards goes into a file without a name (sqlite.org/howtocorrupt.html, 2.2).
"""

import os
import sqlite3
from functools import partial
from pathlib import Path

#: Where SQLite's header says how the file is written: 2 stands for the write-ahead log.
_JOURNAL_BYTE = 18
_WAL = 2

#: Text that is not UTF-8 (a damaged file, another program) is shown with question marks; it fails no query.
_text = partial(str, encoding="utf-8", errors="replace")


def may_write(file: Path) -> bool:
    """Whether this user may write the file and make SQLite's own files beside it."""
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def _uses_wal(file: Path) -> bool:
    """Whether the file is written through a write-ahead log. Only for one on which nobody here holds a lock."""
    with file.open("rb") as opened:
        header = opened.read(_JOURNAL_BYTE + 1)
    return len(header) > _JOURNAL_BYTE and header[_JOURNAL_BYTE] == _WAL


def connect(file: Path, mode: str = "ro", *, timeout: float = 10) -> sqlite3.Connection:
    """Open the file as `ro`, `rw` or `rwc`, without Python's own transactions. Raises sqlite3.Error, OSError.

    A write-ahead log needs a file beside the store. Where it is not there and cannot be made, nobody is writing, and
    the store is read as a file that does not change; what still stands in the log is not seen then.
    """
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    if mode == "ro" and not may_write(file) and not Path(f"{file}-shm").exists() and _uses_wal(file):
        uri += "&immutable=1"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=timeout, check_same_thread=False)
    connection.text_factory = _text
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def sync_folder(folder: Path) -> None:
    """Bring a rename to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
