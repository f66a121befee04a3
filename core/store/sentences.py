"""SQLite's errors as sentences that name the file and what to do."""

import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bertft_tui.core.disk import free_bytes
from bertft_tui.core.errors import DamagedStoreError, FullStoreError, ReadOnlyStoreError, StoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.write_lock import LOCK_TIMEOUT

#: Bytes of the smallest index of a write-ahead log.
_INDEX = 32 * 1024

_NO_INDEX = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def sentences(path: StorePath) -> Iterator[None]:
    """Turn what SQLite, the lock and the file system raise into a StoreError."""
    try:
        yield
    except TimeoutError:
        raise busy(f"Another process has been writing to {path.file} for {LOCK_TIMEOUT:.0f} seconds.") from None
    except _errors() as error:
        raise _sentence(path, getattr(error, "orig", None) or error) from error


def _errors() -> tuple[type[Exception], ...]:
    """What is turned into sentences: SQLAlchemy's errors too, once it is loaded."""
    loaded = sys.modules.get("sqlalchemy.exc")
    return (sqlite3.Error, OSError, *([loaded.DBAPIError] if loaded is not None else []))


def _sentence(path: StorePath, cause: Any) -> StoreError:
    text = str(getattr(cause, "strerror", None) or cause).rstrip(".")
    code = getattr(cause, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_READONLY_ROLLBACK:  # without a log a reader cannot undo what a killed writer began
        return busy(f"{path.file}: a write was cut short. The next write undoes it, and so does opening the store.")
    match code & 0xFF:
        case kind if kind in _DAMAGE or text.startswith(("no such table", "no such column")):
            return damaged(path, text)
        case sqlite3.SQLITE_READONLY:
            return read_only(path, f"{path.file}: {text}.")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return busy(f"{path.file}: {text}.")
        case kind if kind == sqlite3.SQLITE_FULL or (kind in _NO_INDEX and _no_room(path)):
            return FullStoreError(
                "The disk is full", f"{path.file} cannot be used.", "Free some space and try again."
            )
    return StoreError(
        "The store cannot be used",
        f"{path.file}: {text}.",
        "Check the path, its permissions and the free disk space; `bertft-tui doctor` looks closer.",
    )


def _no_room(path: StorePath) -> bool:
    """Whether the disk has no room for the index of a log, which even a reader has to make when nobody else has."""
    try:
        return free_bytes(path.file.parent) < _INDEX
    except OSError:
        return False


def busy(message: str) -> StoreError:
    """Somebody else holds the store."""
    return StoreError("The store is busy", message, "Try again; `bertft-tui doctor` shows who is at work.")


def damaged(path: StorePath, fault: str) -> DamagedStoreError:
    """The file is there and cannot be read."""
    hint = "`bertft-tui doctor --rebuild` makes it again from the run directories"
    return DamagedStoreError(
        "The store is damaged",
        f"{path.file}: {fault}. {_newest_backup(path)}",
        f"{hint} and the newest whole backup; the damaged file is kept.",
    )


def gone(path: StorePath, how: str) -> DamagedStoreError:
    """The file is not there, or empty, and there has been one."""
    if not path.remains:
        return DamagedStoreError(
            "The store is gone", f"{path.file} {how}.", "Put the file back, or name another with --db."
        )
    return DamagedStoreError(
        "The store is gone",
        f"{path.file} {how}, but its runs or backups are still beside it. {_newest_backup(path)}",
        "`bertft-tui doctor --rebuild` makes it again from them; for an empty store, name another file with --db.",
    )


def read_only(path: StorePath, why: str) -> ReadOnlyStoreError:
    """Somebody wants to write to a store that can only be looked at."""
    return ReadOnlyStoreError(
        "This store can only be read",
        why,
        "`bertft-tui backup FILE` makes a copy that is yours to write; open it with --db FILE.",
    )


def _newest_backup(path: StorePath) -> str:
    """Name the newest backup, with its day."""
    try:
        newest = path.all_backups()[0]
        day = time.strftime("%Y-%m-%d %H:%M", time.localtime(newest.stat().st_mtime))
    except (OSError, IndexError, ValueError, OverflowError):  # the last two: a time that no calendar has
        return "There is no backup of it."
    return f"The newest backup is {newest}, of {day}."
