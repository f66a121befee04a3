"""Having a scheduler: whoever enqueues or looks makes sure that one is at work."""

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bertft_tui.core import locks
from bertft_tui.core.errors import BertftError, StoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling.launcher import spawn
from bertft_tui.core.scheduling.warm_start import is_allowed
from bertft_tui.core.scheduling.wish import make_wish
from bertft_tui.core.scheduling.worker_handle import file_tail
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database

SCHEDULER_MODULE = "bertft_tui.core.scheduling.scheduler"

#: The scheduler that this process last started for a store: not started again while it is on its way, and reaped.
_started: dict[Path, subprocess.Popen[bytes]] = {}


def is_running(path: StorePath) -> bool:
    """Say whether a scheduler is at work on this store. Raises StoreError when nobody may ask."""
    try:
        return locks.holder(path.scheduler_lock) is not None
    except OSError as error:
        raise StoreError(
            "The scheduler's lock cannot be asked",
            f"{path.scheduler_lock}: {error.strerror}.",
            "Check whose file it is: a command that was once run as another user leaves such files.",
        ) from error


def ensure_running(db: Database) -> None:
    """Start a scheduler when there is work and none is there. Returns at once, and may be called often.

    Two processes that start one at the same time are no harm: one of the two takes the lock, the other goes.

    Raises BertftError when the one that was started before could not work; the next call tries again.
    """
    if not db.read_only:
        _start_unless_there(db, is_needed=lambda: queries.has_work(db))


def _start_unless_there(db: Database, is_needed: Callable[[], bool]) -> None:
    file = db.path.file
    child = _started.get(file)
    if child is not None and child.poll() is None:
        return  # it takes its lock only after a second of imports
    _started.pop(file, None)
    if child is not None and child.returncode > 0:
        raise _broken(db.path, child.returncode)
    if not is_running(db.path) and is_needed():
        _started[file] = spawn([SCHEDULER_MODULE, str(file)], db.path.scheduler_log, cwd=file.parent)


def expect_launch(db: Database) -> None:
    """Say that somebody is about to launch a run from here, so that it need not wait then: a scheduler gets ready.

    May be called often. Nothing is said where workers are not forked, or where nothing can be written.
    """
    if db.read_only or not is_allowed(os.environ):
        return
    with suppress(OSError):
        make_wish(db.path)
        _start_unless_there(db, is_needed=lambda: True)


def _broken(path: StorePath, code: int) -> BertftError:
    """The error for a scheduler that ended by itself, with what it said last."""
    said = file_tail(path.scheduler_log) or "without a word."
    return BertftError(
        "The scheduler cannot work",
        f"Its process ended with exit code {code}. {path.scheduler_log} ends: {said}",
        "`bertft-tui doctor` checks the installation. Queued runs wait, and those under way go on.",
    )
