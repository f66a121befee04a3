"""How much SQLite does for something, in instructions of its virtual machine: no matter how busy the machine is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from bertft_tui.core.store.database import Database

_EVERY = 100


class Work:
    """What was counted so far."""

    def __init__(self) -> None:
        self.done = 0

    def count(self) -> int:
        """Count another hundred instructions; 0 lets SQLite go on."""
        self.done += _EVERY
        return 0


@contextmanager
def counted(db: Database) -> Iterator[Work]:
    """Count what the readings and writings of a store cost."""
    work = Work()

    def watch(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(work.count, _EVERY)

    def leave(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(None, 0)

    pools = [engine.pool for engine in (db._engine("ro"), db._engine("rw"))]
    for pool in pools:
        event.listen(pool, "checkout", watch)
        event.listen(pool, "checkin", leave)
    try:
        yield work
    finally:
        for pool in pools:
            event.remove(pool, "checkout", watch)
            event.remove(pool, "checkin", leave)
