"""Opening, reading and writing the store's file.

WAL, `BEGIN IMMEDIATE` for every write, and one lock across processes around writes and the closing of a writing
connection: SQLite up to 3.51.2 can corrupt a WAL that two processes write and reset at once. Readers are opened
read-only, so the last one to close does not checkpoint.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from bertft_tui.core.errors import StoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.schema import SCHEMA_VERSION, identify

#: Longer than any write of ours takes, slow disks included.
LOCK_TIMEOUT = 30.0


class Database:
    """An open store. `read()` and `write()` give connections; the modules beside this one use them."""

    def __init__(self, path: StorePath) -> None:
        self.path = path
        self._lock = FileLock(path.write_lock, timeout=LOCK_TIMEOUT, mode=0o600)
        self._writer = _engine(path.file, "rw", "BEGIN IMMEDIATE", connections=1)
        self._reader = _engine(path.file, "ro", "BEGIN", connections=4)

    @classmethod
    def open(cls, path: StorePath) -> Self:
        """Open the store, made or migrated first where needed. Raises StoreError."""
        prepare(path)
        return cls(path)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a read-only connection with one consistent view. Raises StoreError."""
        with _sentences(self.path.file), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose writes become visible together at the end, or not at all. Raises StoreError."""
        with _sentences(self.path.file), self._lock, self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections, the writing one under the lock: closing may checkpoint."""
        self._reader.dispose()
        with self._lock:
            self._writer.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def prepare(path: StorePath) -> None:
    """Make the store's file, or bring an older schema up to date. Raises StoreError for what is not ours or newer."""
    file = path.file
    if file.is_dir():
        raise StoreError("The store is a folder", f"{file} is not a file.", "Name a file: --db experiments.db.")
    with _sentences(file):
        if identify(file) == SCHEMA_VERSION:
            return
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        from bertft_tui.core.store.migrate import migrate  # Alembic costs a quarter of a second: only when needed

        with FileLock(path.write_lock, timeout=LOCK_TIMEOUT, mode=0o600):
            if identify(file) != SCHEMA_VERSION:
                migrate(file)


def _engine(file: Path, mode: str, begin: str, *, connections: int) -> Engine:
    """Make an engine whose transactions begin as asked; Python's own implicit BEGIN is switched off."""

    def connect() -> sqlite3.Connection:
        uri = f"{file.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10, check_same_thread=False)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=connections, max_overflow=8)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def _sentences(file: Path) -> Iterator[None]:
    """Turn SQLite's errors into a sentence that names the file."""
    try:
        yield
    except Timeout:
        raise StoreError(
            "The store is busy",
            f"Another process has been writing to {file} for {LOCK_TIMEOUT:.0f} seconds.",
            "Try again; `bertft-tui doctor` shows who is at work.",
        ) from None
    except (DBAPIError, sqlite3.Error, OSError) as error:
        cause: Any = getattr(error, "orig", None) or error
        raise StoreError(
            "The store cannot be used",
            f"{file}: {getattr(cause, 'strerror', None) or cause}.",
            "Check the path, its permissions and the free disk space; `bertft-tui doctor` looks closer.",
        ) from error
