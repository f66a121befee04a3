"""What happens before a store is used: made, brought up to date, its journal as its file system needs it."""

import sqlite3
from contextlib import closing

from bertft_tui.core.errors import ReadOnlyStoreError, StoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.connecting import connect, may_write
from bertft_tui.core.store.network import network_kind
from bertft_tui.core.store.schema import SCHEMA_VERSION, Identity, identify
from bertft_tui.core.store.sentences import gone, sentences
from bertft_tui.core.store.write_lock import WriteLock


def prepare(path: StorePath) -> str:
    """Make the store's file, or bring an older schema up to date; say why it can only be read, if so.

    Raises StoreError for what is not ours or newer, DamagedStoreError for what is damaged or has gone.
    """
    file = path.file
    if file.is_dir():
        raise StoreError("The store is a folder", f"{file} is not a file.", "Name a file: --db experiments.db.")
    with sentences(path):
        _roll_back(path)
        found = identify(path)
        if found.version != SCHEMA_VERSION:
            _bring_up_to_date(path, found)
            found = identify(path)
        if found.strangers:
            return f"{file} holds what bertft-tui did not make: {', '.join(found.strangers[:5])}."
        if not may_write(file):
            return f"{file} or its folder cannot be written by you."
        _suit_the_file_system(path, found.has_log)
    return ""


def _roll_back(path: StorePath) -> None:
    """Undo what a process that was killed had written half, where there is no log: readers cannot."""
    file = path.file
    if file.with_name(file.name + "-journal").exists() and file.exists() and may_write(file):
        with WriteLock(path.write_lock), closing(connect(file, "rw")) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _bring_up_to_date(path: StorePath, found: Identity) -> None:
    file = path.file
    if found.version == 0 and path.remains:
        raise gone(path, "is empty" if file.exists() else "is missing")
    if found.version and not may_write(file):
        raise ReadOnlyStoreError(
            "This store has to be brought up to date",
            f"{file} has schema {found.version}, this program {SCHEMA_VERSION}, and it cannot be written by you.",
            "Copy it to a folder of yours, and open the copy with --db.",
        )
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    from bertft_tui.core.store.backup import keep_before_migration
    from bertft_tui.core.store.migrate import migrate  # Alembic costs a quarter of a second: only when needed

    with WriteLock(path.write_lock):
        found = identify(path)
        if found.version != SCHEMA_VERSION:
            if found.version:
                keep_before_migration(path, found.version)
            migrate(file)


def _suit_the_file_system(path: StorePath, has_log: bool) -> None:
    """Use a write-ahead log on a local disk and none on a network; whoever has the store open keeps what there is."""
    wanted = not network_kind(path.file)
    if has_log is wanted:
        return
    with WriteLock(path.write_lock), closing(connect(path.file, "rw", timeout=0.1)) as connection:
        try:
            connection.execute(f"PRAGMA journal_mode = {'WAL' if wanted else 'DELETE'}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
