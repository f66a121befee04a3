"""What kind of file a store is, told from its header: no ORM, no migration library."""

import sqlite3
from pathlib import Path

from bertft_tui.core.errors import StoreError

#: "bert" in ASCII, in the header of every store, so that another program's database is never migrated.
APPLICATION_ID = 0x62657274

#: The newest schema; each migration raises `PRAGMA user_version` to its own number.
SCHEMA_VERSION = 3


def _check_header(file: Path) -> None:
    """Raise DatabaseError for a file of another kind: a short text would pass for an empty database."""
    with file.open("rb") as opened:
        if opened.read(16) != b"SQLite format 3\0":
            raise sqlite3.DatabaseError("file is not a database")


def identify(file: Path) -> int:
    """Return the schema version of a store, 0 for a file that is missing or empty.

    Raises StoreError for another program's database and for a store of a newer version.
    """
    if not file.exists() or file.stat().st_size == 0:
        return 0
    try:
        _check_header(file)
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise StoreError(
            "This is not a store", f"{file}: {error}.", "Name another file with --db, or move this one away."
        ) from None
    if application != APPLICATION_ID and tables:
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
    return version
