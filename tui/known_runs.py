"""The runs that the app has read, kept up with the store."""

import time
from collections.abc import Mapping

from bertft_tui.core.scheduling.truth import SHOWN, Vanishings, as_ended
from bertft_tui.core.store import queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus

#: As many as fit a large terminal: they are shown before the others are read; of the trash these are all, at first.
FIRST_RUNS = 60

#: The newest runs, which are read at the start; others when somebody asks for them.
MAX_RUNS = 500


class KnownRuns:
    """Records by id: the newest, and whatever else was asked for. Used by the feed's thread alone."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._stored: dict[str, RunRecord] = {}
        self._read_at: dict[str, float] = {}
        self._running: dict[str, RunRecord] = {}
        self._vanishings, self._gone = Vanishings(db.path, SHOWN), frozenset[str]()
        self._most_trash = FIRST_RUNS
        self.members = 0  # grows when a run comes, goes, or changes sides between the table and the trash
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
        gone = self._vanishings.look(self._running.values())
        if revision == self.revision and gone == self._gone and self.is_whole:
            return False
        before, self._gone = (self.members, self._gone), gone
        changed = self._read(revision)
        if before == (self.members, gone):
            self._renew(changed)
        else:
            self._sort()
        return True

    def notice_vanished(self) -> None:
        """Remember since when runs have no process, though nothing is read just now."""
        self._vanishings.look(self._running.values())

    def need(self, ids: tuple[str, ...]) -> None:
        """Read those that are not known yet."""
        missing = [run_id for run_id in ids if run_id not in self._stored]
        if missing:
            self._take(queries.records(self._db, missing))
            self._sort()

    def need_trash(self) -> None:
        """Read the trash as far as it is shown, and keep it up from now on: most people never look into it."""
        if self._most_trash < MAX_RUNS:
            self._most_trash = MAX_RUNS
            self._take(queries.list_runs(self._db, limit=MAX_RUNS, trashed=True))
            self._sort()

    def _read(self, revision: int) -> list[RunRecord]:
        """Read the runs that changed since the last look; return them. The revision was read before: none is missed.

        What was purged has left no trace but the revision of the purge: then all are read anew.
        """
        last, self.revision = self.revision if self.is_whole else -1, revision
        if last < 0 or trash.purged_at(self._db) > last:
            limit = MAX_RUNS if self._stored else FIRST_RUNS
            self._stored, self._read_at, self._running = {}, {}, {}
            self.members += 1  # some may be gone
            self._take(queries.list_runs(self._db, limit=limit))
            self._take(queries.list_runs(self._db, limit=self._most_trash, trashed=True))
            self.is_whole = limit == MAX_RUNS or len(self._stored) < limit
            missing = [run_id for run_id in queries.kept_in_sight(self._db) if run_id not in self._stored]
            if missing:
                self._take(queries.records(self._db, missing))
            return []
        # What was pinned since is among these.
        changed = queries.list_runs(self._db, limit=MAX_RUNS, changed_since=last, trashed=None)
        self._take(changed)
        return changed

    def _take(self, runs: list[RunRecord]) -> None:
        now = time.monotonic()
        for run in runs:
            before = self._stored.get(run.id)
            self.members += before is None or (before.trashed_at is None) != (run.trashed_at is None)
            self._stored[run.id], self._read_at[run.id] = run, now
            if run.status is RunStatus.RUNNING:
                self._running[run.id] = run
            else:
                self._running.pop(run.id, None)

    def _shown_as(self, run: RunRecord) -> RunRecord:
        return as_ended(run, self._db.path) if run.id in self._gone else run

    def _renew(self, changed: list[RunRecord]) -> None:
        """Put others in the place of some runs: while runs live that is all, several times a second."""
        by_id = {**self.by_id, **{run.id: self._shown_as(run) for run in changed}}
        self.by_id = by_id
        self.shown, self.trash = (tuple([by_id[run.id] for run in side]) for side in (self.shown, self.trash))

    def _sort(self) -> None:
        self.by_id = {run_id: self._shown_as(run) for run_id, run in self._stored.items()}
        runs = sorted(self.by_id.values(), key=lambda run: run.created_at, reverse=True)
        self.shown = tuple(run for run in runs if run.trashed_at is None)[:MAX_RUNS]
        deleted = [run for run in runs if run.trashed_at is not None]
        self.trash = tuple(sorted(deleted, key=lambda run: run.trashed_at or 0.0, reverse=True))
