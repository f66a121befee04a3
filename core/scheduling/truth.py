"""What a command that looks once has to do so that it shows no run as running that is not."""

import time

from bertft_tui.core.scheduling.service import ensure_running
from bertft_tui.core.scheduling.worker_handle import process_of
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus

#: Seconds. A scheduler needs about one to start, and then sees within a moment what has become of a run.
PATIENCE = 5.0


def settle(db: Database) -> None:
    """See to it that a scheduler is at work on unfinished runs, and wait for it where one has no process any more."""
    if db.read_only or not queries.has_work(db):
        return
    ensure_running(db)
    deadline = time.monotonic() + PATIENCE
    while _vanished(db) and time.monotonic() < deadline:
        time.sleep(0.05)


def _vanished(db: Database) -> bool:
    """Whether the store shows a run as running whose worker's lock is free."""
    return any(process_of(db.path.run(run_id)) is None for run_id in queries.ids_with(db, RunStatus.RUNNING))
