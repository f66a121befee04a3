"""The store's revision: one number that grows with every change, and the small facts beside it.

Each changed run carries the revision in which it changed, so a reader asks for what came since the one it knows.
"""

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from bertft_tui.core.store.tables import META

_PURGED = "purged"

# Made once: they are executed many times a second.
_READ = select(META.c.value).where(META.c.key == bindparam("wanted"))
_WRITE = insert(META)
_WRITE = _WRITE.on_conflict_do_update(index_elements=["key"], set_={"value": _WRITE.excluded.value})


def read_meta(connection: Connection, key: str) -> str | None:
    """Return a fact about the store, None when it was never written."""
    value: str | None = connection.scalar(_READ, {"wanted": key})
    return value


def write_meta(connection: Connection, key: str, value: str) -> None:
    """Write a fact about the store."""
    connection.execute(_WRITE, {"key": key, "value": value})


def current(connection: Connection) -> int:
    """Return the revision of the newest change."""
    return int(read_meta(connection, "revision") or 0)


def purged_at(connection: Connection) -> int:
    """Return the revision in which runs were last deleted for good; 0 when none were."""
    return int(read_meta(connection, _PURGED) or 0)


def note_purge(connection: Connection) -> None:
    """Note that runs are being deleted for good, which leaves no other trace."""
    write_meta(connection, _PURGED, str(advance(connection)))


def advance(connection: Connection) -> int:
    """Count one change and return its number."""
    number = current(connection) + 1
    write_meta(connection, "revision", str(number))
    return number
