"""No run is shown as running that is not, also when nobody can write into the store what became of it."""

import time
from collections.abc import Iterable
from dataclasses import replace

from bertft_tui.core.errors import Problem
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling.service import ensure_running
from bertft_tui.core.scheduling.worker_handle import process_of
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus

#: Seconds. A scheduler needs about one to start, and then sees within a moment what has become of a run.
PATIENCE = 5.0

_ENDED = Problem(
    "Its process has ended",
    "How is not yet in the store, which could not be written since.",
    "`bertft-tui doctor` says what is in the way; what the run wrote is in its directory and follows.",
)


def settle(db: Database) -> frozenset[str]:
    """See to it that a scheduler is at work on unfinished runs, and wait for it where one has no process any more.

    Returns the ids of runs that the store still shows as running then, though their workers' locks are free.
    """
    if not queries.has_work(db):
        return frozenset()
    if not db.read_only:
        ensure_running(db)
    deadline = time.monotonic() + PATIENCE
    while (gone := _vanished(db)) and not db.read_only and time.monotonic() < deadline:
        time.sleep(0.05)
    return gone


def _vanished(db: Database) -> frozenset[str]:
    running = queries.ids_with(db, RunStatus.RUNNING)
    return frozenset(run_id for run_id in running if process_of(db.path.run(run_id)) is None)


def as_ended(run: RunRecord) -> RunRecord:
    """A run whose process is gone, as far as is known without its last words."""
    return replace(run, status=RunStatus.LOST, phase=None, phase_detail=None, error=_ENDED)


class Vanishings:
    """Watches which running runs have no process for longer than a scheduler needs to say so."""

    def __init__(self, path: StorePath) -> None:
        self._path = path
        self._since: dict[str, float] = {}

    def look(self, runs: Iterable[RunRecord]) -> frozenset[str]:
        """Return the ids of those that have none for some seconds."""
        now = time.monotonic()
        running = [self._path.run(run.id) for run in runs if run.status is RunStatus.RUNNING]
        without = [each.id for each in running if each.lock.is_file() and process_of(each) is None]
        self._since = {run_id: self._since.get(run_id, now) for run_id in without}
        return frozenset(run_id for run_id, since in self._since.items() if now - since >= PATIENCE)
