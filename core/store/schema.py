"""What kind of file a store is, told from its header and the names in it: no ORM, no migration library."""

import sqlite3
from dataclasses import dataclass

from bertft_tui.core.errors import StoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.connecting import connect
from bertft_tui.core.store.sentences import damaged

#: "bert" in ASCII, in the header of every store, so that another program's database is never migrated.
APPLICATION_ID = 0x62657274

#: The newest schema; each migration raises `PRAGMA user_version` to its own number.
SCHEMA_VERSION = 8

#: The tables of the newest schema.
TABLES = frozenset({"meta", "run", "annotation", "request", "attempt", "metric_name", "point", "summary"}) | {
    "setting", "setting_name", "event", "vital", "checkpoint", "prediction", "evaluation", "evaluation_prediction"
}  # fmt: skip

#: Bytes of the smallest page. SQLite itself would take a shorter text for an empty database.
_SMALLEST = 512


@dataclass(frozen=True)
class Identity:
    """What a file is: the version of its schema, 0 when it has none yet, and what is in it that we did not make."""

    version: int = 0
    has_log: bool = False  # it is written through a write-ahead log
    strangers: tuple[str, ...] = ()  # "trigger evil", …


def identify(path: StorePath) -> Identity:
    """Look at a store's header and the names of what it holds: through SQLite alone, as `connecting` says.

    Raises StoreError for another program's database and for a store of a newer version, DamagedStoreError for a file
    that cannot be read, sqlite3.Error and OSError for one that cannot be opened.
    """
    file = path.file
    if not file.exists() or (size := file.stat().st_size) == 0:
        return Identity()
    if size < _SMALLEST:
        raise _no_database(path)
    try:
        connection = connect(file)
        try:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            has_log = connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            names = connection.execute("SELECT type, name, tbl_name, rootpage FROM sqlite_master").fetchall()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise _no_database(path, str(error)) from None
        raise
    if application != APPLICATION_ID and names:
        raise StoreError(
            "This database belongs to another program",
            f"{file} is a SQLite database, but not one of bertft-tui's.",
            "Name another file with --db.",
        )
    if version > SCHEMA_VERSION:
        raise StoreError(
            "This store is newer than the program",
            f"{file} has schema {version}; this version of bertft-tui knows {SCHEMA_VERSION}.",
            "Upgrade bertft-tui, or name another store with --db.",
        )
    tables = {name for kind, name, _, root in names if kind == "table" and root}
    if version == SCHEMA_VERSION and (missing := TABLES - tables):
        raise damaged(path, f"it has no table {', '.join(sorted(missing))}")
    return Identity(version, has_log, tuple(f"{row[0]} {row[1]}" for row in names if not _is_ours(*row)))


def _is_ours(kind: str, name: str, table: str, root: int) -> bool:
    """Whether it is a table or an index of ours. What has no page of its own is a view, trigger or virtual table."""
    known = name in TABLES or name == "alembic_version" or name.startswith("sqlite_")
    return bool(root) and (known or (kind == "index" and table in TABLES | {"alembic_version"}))


def _no_database(path: StorePath, fault: str = "file is not a database") -> StoreError:
    """What lies where a store has left runs or backups is a store that was damaged; elsewhere it is another file."""
    if path.remains:
        return damaged(path, fault)
    return StoreError(
        "This is not a store", f"{path.file}: {fault}.", "Name another file with --db, or move this one away."
    )
