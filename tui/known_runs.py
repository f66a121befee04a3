"""The runs that the app has read, kept up with the store."""

import time
from collections.abc import Mapping

from bertft_tui.core.scheduling.truth import SHOWN, Vanishings, as_ended
from bertft_tui.core.store import queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord

#: As many as fit a large terminal: they are shown before the others are read.
FIRST_RUNS = 60

#: The newest runs, which are read at the start; others when somebody asks for them.
MAX_RUNS = 500


class KnownRuns:
    """Records by id: the newest, and whatever else was asked for. Used by the feed's thread alone."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._stored: dict[str, RunRecord] = {}
        self._read_at: dict[str, float] = {}
        self._vanishings, self._gone = Vanishings(db.path, SHOWN), frozenset[str]()
        self.revision = -1  # of the store, up to which they were read
        self.is_whole = False  # whether more than the first runs were read
        self.by_id: Mapping[str, RunRecord] = {}
        self.shown: tuple[RunRecord, ...] = ()  # newest first
        self.trash: tuple[RunRecord, ...] = ()  # the last deleted first

    @property
    def read_at(self) -> dict[str, float]:
        """When each was read, in monotonic seconds."""
        return dict(self._read_at)

    def refresh(self, revision: int) -> bool:
        """Read what has changed up to a revision of the store; say whether anything is another now."""
        gone = self._vanishings.look(self._stored.values())
        if revision == self.revision and gone == self._gone and self.is_whole:
            return False
        self._gone = gone
        self._read(revision)
        self._sort()
        return True

    def need(self, ids: tuple[str, ...]) -> None:
        """Read those that are not known yet."""
        missing = [run_id for run_id in ids if run_id not in self._stored]
        if missing:
            self._take(queries.records(self._db, missing))
            self._sort()

    def _read(self, revision: int) -> None:
        """Read the runs that changed since the last look. The revision was read before: nothing is missed.

        What was purged has left no trace but the revision of the purge: then all are read anew.
        """
        last, self.revision = self.revision if self.is_whole else -1, revision
        if last < 0 or trash.purged_at(self._db) > last:
            limit = MAX_RUNS if self._stored else FIRST_RUNS
            self._stored, self._read_at = {}, {}
            for side in (False, True):
                self._take(queries.list_runs(self._db, limit=limit, trashed=side))
            self.is_whole = limit == MAX_RUNS or len(self._stored) < limit
            missing = [run_id for run_id in queries.kept_in_sight(self._db) if run_id not in self._stored]
            if missing:
                self._take(queries.records(self._db, missing))
        else:  # what was pinned since is among these
            self._take(queries.list_runs(self._db, limit=MAX_RUNS, changed_since=last, trashed=None))

    def _take(self, runs: list[RunRecord]) -> None:
        now = time.monotonic()
        self._stored.update((run.id, run) for run in runs)
        self._read_at.update((run.id, now) for run in runs)

    def _sort(self) -> None:
        self.by_id = {
            run.id: as_ended(run, self._db.path) if run.id in self._gone else run for run in self._stored.values()
        }
        runs = sorted(self.by_id.values(), key=lambda run: run.created_at, reverse=True)
        self.shown = tuple(run for run in runs if run.trashed_at is None)[:MAX_RUNS]
        deleted = [run for run in runs if run.trashed_at is not None]
        self.trash = tuple(sorted(deleted, key=lambda run: run.trashed_at or 0.0, reverse=True))
