"""Having a scheduler: whoever enqueues or looks makes sure that one is at work."""

import subprocess

from bertft_tui.core import locks
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling.launcher import spawn
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database

SCHEDULER_MODULE = "bertft_tui.core.scheduling.scheduler"

#: Kept only to be reaped: a scheduler that ends while its starter lives would stay a zombie.
_children: list[subprocess.Popen[bytes]] = []


def is_running(path: StorePath) -> bool:
    """Say whether a scheduler is at work on this store."""
    return locks.holder(path.scheduler_lock) is not None


def ensure_running(db: Database) -> None:
    """Start a scheduler when there is work and none is there. Returns at once.

    Two that start at the same time are no harm: one takes the lock, the other goes.
    """
    if not is_running(db.path) and queries.has_work(db):
        child = spawn([SCHEDULER_MODULE, str(db.path.file)], db.path.scheduler_log, cwd=db.path.file.parent)
        _children.append(child)
    _children[:] = [child for child in _children if child.poll() is None]
