"""Reading and writing the store's file.

WAL, `BEGIN IMMEDIATE` for every write, and one lock across processes around writes and the closing of a writing
connection: SQLite up to 3.51.2 can corrupt a WAL that two processes write and reset at once. Readers are opened
read-only, so the last one to close does not checkpoint.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from bertft_tui.core.errors import Problem, ReplacedStoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import network
from bertft_tui.core.store.connecting import connect
from bertft_tui.core.store.opening import prepare
from bertft_tui.core.store.reserve import with_reserve
from bertft_tui.core.store.sentences import gone, read_only, sentences
from bertft_tui.core.store.write_lock import WriteLock

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


class Database:
    """An open store. `read()` and `write()` give connections; the modules beside this one use them.

    `read_only` says why nothing can be written; empty when it can.
    """

    def __init__(self, path: StorePath, read_only: str = "", *, daily_backup: bool = True) -> None:
        self.path = path
        self._daily_backup = daily_backup
        self.read_only = read_only
        self._place = _place(path.file)
        self._lock = WriteLock(path.write_lock)
        self._engines: dict[str, Engine] = {}  # by mode: each is made when somebody first reads, or writes
        self._making = threading.Lock()
        self._reading = threading.local()  # the connection of a reading that this thread is in
        self._has_written = False

    @classmethod
    def open(cls, path: StorePath, *, daily_backup: bool = True) -> Self:
        """Open the store, made or migrated first where needed; of an example the user's copy. Raises StoreError."""
        if path.is_example:
            from bertft_tui.core.store.example import usable

            path = usable(path)
        return cls(path, with_reserve(path, lambda: prepare(path)), daily_backup=daily_backup)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What whoever opens the store should know."""
        found = [network.warning(self.path)]
        if self.read_only:
            found.append(read_only(self.path, self.read_only).problem)
        return tuple(problem for problem in found if problem is not None)

    @contextmanager
    def read(self) -> "Iterator[Connection]":
        """Give a read-only connection with one consistent view. Raises StoreError.

        Within a reading of the same thread it is that one's, so that several questions are answered from one view.
        """
        if (outer := getattr(self._reading, "connection", None)) is not None:
            yield outer
            return
        with sentences(self.path):
            self._check_place()
            with self._engine("ro").begin() as connection:
                self._reading.connection = connection
                try:
                    yield connection
                finally:
                    self._reading.connection = None

    @contextmanager
    def read_plain(self) -> "Iterator[sqlite3.Connection]":
        """Give the same to ask statements that are texts: SQLAlchemy is not loaded for them. Raises StoreError."""
        if "ro" in self._engines or getattr(self._reading, "connection", None) is not None:
            with self.read() as connection:
                driver: Any = connection.connection.driver_connection
                yield driver
            return
        with sentences(self.path):
            self._check_place()
            with closing(connect(self.path.file)) as plain:
                plain.execute("BEGIN")
                yield plain

    @contextmanager
    def write(self) -> "Iterator[Connection]":
        """Give a connection whose writes become visible together at the end, or not at all. Raises StoreError."""
        if self.read_only:
            raise read_only(self.path, self.read_only)
        with sentences(self.path), self._lock:
            self._check_place()
            self._has_written = True
            with self._engine("rw").begin() as connection:
                yield connection

    def _engine(self, mode: str) -> "Engine":
        """The engine of the readers (`ro`) or of the writer (`rw`)."""
        with self._making:
            if mode not in self._engines:
                from bertft_tui.core.store.engine import make_engine

                begin, connections = ("BEGIN IMMEDIATE", 1) if mode == "rw" else ("BEGIN", 0 if self.read_only else 4)
                self._engines[mode] = make_engine(self.path.file, mode, begin, connections=connections)
            return self._engines[mode]

    def _dispose(self, mode: str) -> None:
        """Close the connections of an engine, if there is one."""
        if (engine := self._engines.get(mode)) is not None:
            engine.dispose()

    def _check_place(self) -> None:
        """Raise when the file was deleted or replaced: SQLite would go on with one that nobody sees any more."""
        now = _place(self.path.file)
        if now == self._place:
            return
        if now is None:
            raise gone(self.path, "was removed while it was open")
        raise ReplacedStoreError(
            "The store was replaced",
            f"{self.path.file} is another file than the one that was opened.",
            "Close this and open the store again.",
        )

    def close(self) -> None:
        """Close all connections, the writing one under the lock: closing may checkpoint.

        Whoever wrote sees to the day's backup, unless the store is only being made.
        """
        self._dispose("ro")
        if _place(self.path.file) != self._place or self.read_only:
            self._dispose("rw")  # SQLite sees that the file is no longer in its place, and touches no other
            return
        with sentences(self.path), self._lock:
            self._dispose("rw")
        if self._has_written and self._daily_backup:
            from bertft_tui.core.store.backup import keep_daily

            keep_daily(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _place(file: Path) -> tuple[int, int] | None:
    """Tell this very file from any other that takes its name; None when there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
