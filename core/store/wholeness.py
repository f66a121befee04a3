"""Whether a store's file, or a backup of it, is whole: SQLite's quick check. It reads the whole file."""

from contextlib import closing
from pathlib import Path

from bertft_tui.core.errors import DamagedStoreError, StoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.connecting import connect
from bertft_tui.core.store.schema import identify
from bertft_tui.core.store.sentences import busy, sentences


def fault_of(path: StorePath) -> str:
    """Say what is wrong with a store; empty when it is whole.

    Raises StoreError for another program's database, and for a store of a newer version.
    """
    try:
        with sentences(path):
            if identify(path).version == 0:
                return f"{path.file} {'is empty' if path.file.exists() else 'is missing'}."
            with closing(connect(path.file)) as connection:
                found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(20)")]
    except DamagedStoreError as error:
        return error.problem.message
    return "" if found == ["ok"] else f"{path.file}: {found[0]}."


def newest_whole_backup(path: StorePath) -> Path | None:
    """Return the newest backup beside a store that is whole; None when there is none."""
    for file in path.all_backups():
        try:
            if not fault_of(StorePath(file)):
                return file
        except StoreError:
            continue
    return None


def gather(path: StorePath) -> None:
    """Bring what was written last from the write-ahead log into the file: it is whole without the log then.

    The caller holds the write lock. Raises StoreError, also while somebody reads what the log keeps for him.
    """
    with sentences(path), closing(connect(path.file, "rw")) as connection:
        if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise busy(f"{path.file}: somebody has been reading it for ten seconds.")
