"""Copies of the store: by hand, once a day, and before a migration. SQLite's own backup, while others write."""

import os
import re
import sqlite3
import threading
import time
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from bertft_tui.core.errors import BertftError, RefusedError, StoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.connecting import connect, sync_folder
from bertft_tui.core.store.sentences import damaged, sentences

#: Daily backups that are kept.
KEPT = 7

#: Seconds between two looks of a process that lives for days.
_LOOK_EVERY = 600.0


def back_up(path: StorePath, target: Path | None = None, *, force: bool = False) -> Path:
    """Copy the live store to a file, whole or not at all; return where it is.

    Raises RefusedError when the file exists and `force` does not say to replace it, DamagedStoreError when what was
    read is damaged, StoreError when it cannot be read or written.
    """
    if target is None:
        target = path.backup_by_hand(datetime.now())
        path.backups.mkdir(mode=0o700, exist_ok=True)
    target = target.expanduser().absolute()
    try:
        if target.is_dir():
            target = target / path.backup_by_hand(datetime.now()).name
        _check_target(path, target, force=force)
    except OSError as error:  # a name that no file system takes
        raise _unwritable(target, error.strerror or str(error)) from None
    with sentences(path):
        _copy(path, target, replace=force)
    return target


def _check_target(path: StorePath, target: Path, *, force: bool) -> None:
    if target.exists() and path.file.exists() and target.samefile(path.file):
        raise RefusedError("This is the store itself", f"{target} is what would be copied.", "Name another file.")
    if path.is_own(target):
        raise RefusedError(
            "This is a file of the store", f"{target} belongs to what would be copied.", "Name another file."
        )
    if any(each.exists() for each in StorePath(target).companions):
        raise RefusedError(
            "A database is in use there",
            f"Beside {target} lie files of a database that was not closed.",
            "Name another file.",
        )
    if target.exists() and not force:
        raise RefusedError(
            "The file exists", f"{target} is already there.", "`--force` replaces it, or name another."
        )


def _copy(path: StorePath, target: Path, *, replace: bool = False) -> None:
    """Copy under a temporary name, examine the copy, bring it to the disk, and only then give it its name."""
    partial = target.with_name(f".{target.name}.{os.getpid()}-{threading.get_ident()}.partial")
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(connect(path.file)) as source, closing(sqlite3.connect(partial, isolation_level=None)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # so that it is one file, whole by itself
            copy.execute("DELETE FROM meta WHERE key = 'boot_id'")  # whoever opens it starts nothing that waits in it
            if (found := copy.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise damaged(path, str(found).replace("\n", " "))
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        if replace:
            partial.replace(target)
        else:
            _name(partial, target)
        sync_folder(target.parent)
    except FileExistsError:
        raise StoreError("The file exists", f"{target} was made meanwhile.", "Try again.") from None
    except OSError as error:
        raise _unwritable(target, error.strerror or str(error)) from None
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
            raise _unwritable(target, str(error)) from None
        raise
    finally:
        partial.unlink(missing_ok=True)


def _unwritable(target: Path, cause: str) -> StoreError:
    hint = "Check the folder, its permissions and the free disk space."
    return StoreError("The backup cannot be written", f"{target}: {cause}.", hint)


def _name(partial: Path, target: Path) -> None:
    """Give the copy its name unless somebody has taken it. A file system without hard links has to trust a look."""
    try:
        target.hardlink_to(partial)
    except FileExistsError:
        raise
    except OSError:
        if target.exists():
            raise FileExistsError(target) from None
        partial.replace(target)


def keep_before_migration(path: StorePath, version: int) -> Path:
    """Keep a store as it is before its schema changes. Raises StoreError: without a copy nothing is changed."""
    target = path.backup_of_schema(version)
    if target.exists():
        target = target.with_name(f"{target.stem}-{datetime.now():%Y-%m-%d-%H%M%S-%f}.db")
    path.backups.mkdir(mode=0o700, exist_ok=True)
    _copy(path, target)
    return target


def keep_daily(path: StorePath) -> Path | None:
    """Make today's backup if there is none and the store has changed since the last; keep the newest seven.

    Never fails: what could not be written is told by `doctor`. A damaged store displaces no good copy.
    """
    today = path.daily_backup(date.today())
    try:
        if today.exists() or not has_changed(path):
            return None
        path.backups.mkdir(mode=0o700, exist_ok=True)
        with sentences(path):
            _copy(path, today)
        _prune(path)
    except (BertftError, OSError):
        return None
    return today


def has_changed(path: StorePath) -> bool:
    """Whether the store is at another revision than its newest backup, or there is none. Raises StoreError."""
    newest = next(iter(path.all_backups()), None)
    kept = None if newest is None else known_revision(newest)
    if kept is None:  # there is none, or it is no backup, whatever its name
        return True
    with sentences(path):
        return revision_of(path.file) != kept


def revision_of(file: Path) -> int:
    """Return the number of the newest change in a store or a backup. Raises sqlite3.Error, OSError."""
    with closing(connect(file)) as connection:
        row = connection.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()
    try:
        return int(row[0]) if row else 0
    except (ValueError, TypeError):
        raise sqlite3.DatabaseError(f"the revision is {str(row[0])[:40]!r}") from None


def known_revision(file: Path) -> int | None:
    """Return the number of the newest change in a file that may be damaged, or none of ours; None where it is."""
    try:
        return revision_of(file)
    except (sqlite3.Error, OSError):
        return None


def _prune(path: StorePath) -> None:
    """Remove the oldest daily backups, and what a copy that was killed has left; no other file."""
    day = re.compile(re.escape(path.file.stem) + r"-\d{4}-\d\d-\d\d\.db")
    for old in sorted(file for file in path.backups.iterdir() if day.fullmatch(file.name))[:-KEPT]:
        old.unlink()
    for left in path.backups.glob(".*.partial*"):
        if time.time() - left.stat().st_mtime > _LOOK_EVERY:
            left.unlink()


class DailyBackup:
    """Sees to the day's backup in a process that lives for days: `look()` costs nothing and may be called often."""

    def __init__(self, path: StorePath) -> None:
        self._path = path
        self._looked = -_LOOK_EVERY

    def look(self) -> None:
        """Every ten minutes, make a backup in a thread if the day has none."""
        now = time.monotonic()
        if now - self._looked < _LOOK_EVERY:
            return
        self._looked = now
        if not self._path.daily_backup(date.today()).exists():
            threading.Thread(target=keep_daily, args=(self._path,), name="daily backup").start()
