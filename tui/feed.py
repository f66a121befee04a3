"""The feed: looks at the store four times a second and posts a snapshot when something has changed."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from textual.app import App
from textual.timer import Timer

from bertft_tui.core.directories import usage
from bertft_tui.core.disk import DiskWatch
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.scheduling.truth import SHOWN, Vanishings, as_ended
from bertft_tui.core.store import history, queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.thinning import Thinned, thinned
from bertft_tui.tui.log_file import log_stamp, read_tail
from bertft_tui.tui.messages import FeedFailed, SnapshotReady
from bertft_tui.tui.snapshot import RunDetail, Snapshot

INTERVAL = 0.25
ADOPT_EVERY = 0.5
MAX_RUNS = 500
MAX_POINTS = 2000


@dataclass(frozen=True)
class Interest:
    """What the screen on top wants to know beside the table of runs."""

    run_id: str | None = None
    series: tuple[str, ...] = ()
    everything: bool = False  # events, attempts, checkpoints, the log and the size on the disk too
    trash: bool = False  # what each run in the trash holds


class Feed:
    """Asks for the store's revision on a timer, in a thread of its own, and reads only what changed."""

    def __init__(self, app: App[Any], db: Database, wake: Callable[[Database], None]) -> None:
        self._app, self._db, self._wake = app, db, wake
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="feed")
        self._looking: Future[None] | None = None
        self._interest = Interest()
        self._seen: tuple[object, ...] = ()
        self._snapshot = Snapshot()
        self._runs: dict[str, RunRecord] = {}
        self._held: dict[str, int] = {}
        self._read_at: dict[str, float] = {}
        self._curves: dict[str, Thinned] = {}
        self._vanishings, self._gone = Vanishings(db.path, SHOWN), frozenset[str]()
        self._stopped = False
        self._adopted = -ADOPT_EVERY
        self._disk = DiskWatch(db.path.file.parent, db.path.runs)
        self._failure: Problem | None = None
        self._timer: Timer | None = None

    def start(self) -> None:
        """Take a first look at once, then one every quarter of a second."""
        self._timer = self._app.set_interval(INTERVAL, self.look)
        self.look()

    def stop(self) -> None:
        """End the timer, and wait for a look under way."""
        self._stopped = True
        if self._timer is not None:
            self._timer.stop()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def watch(self, interest: Interest) -> None:
        """Say what the next snapshots should hold; the next comes at once."""
        if interest != self._interest:
            self._interest = interest
            self.look()

    def look(self) -> None:
        """Look once, unless a look is under way or the feed was stopped."""
        if self._stopped or (self._looking is not None and not self._looking.done()):
            return
        if self._looking is not None:
            self._looking.result()  # an error that has no sentence is a fault of ours: it must not pass unseen
        self._looking = self._thread.submit(self._look, self._interest)

    def _look(self, interest: Interest) -> None:
        if self._disk.has_news():  # first: on a disk that is full the store may not be readable
            self._snapshot = replace(self._snapshot, disk=self._disk.trouble)
            self._app.post_message(SnapshotReady(self._snapshot))
        try:
            self._adopt()
            self._refresh(interest)
            self._failure = None
        except BertftError as error:
            if error.problem != self._failure:  # said once, not four times a second
                self._failure = error.problem
                self._app.post_message(FeedFailed(error.problem))

    def _adopt(self) -> None:
        """While there is work, see to it that a scheduler runs: the last one may have been killed."""
        now = time.monotonic()
        if now - self._adopted < ADOPT_EVERY:
            return
        self._adopted = now
        if queries.has_work(self._db):
            self._wake(self._db)

    def _refresh(self, interest: Interest) -> None:
        revision = queries.revision(self._db)
        log = self._db.path.run(interest.run_id).log if interest.run_id and interest.everything else None
        gone = self._vanishings.look(self._runs.values())
        seen = (revision, interest, log_stamp(log) if log else None, gone)
        if seen == self._seen:
            return
        if revision != self._snapshot.revision or gone != self._gone:
            self._gone = gone
            self._read_runs(revision)
        if interest.trash:
            self._measure_trash()
        self._snapshot = replace(self._snapshot, detail=self._detail(interest))
        self._seen = seen
        self._app.post_message(SnapshotReady(self._snapshot))

    def _read_runs(self, revision: int) -> None:
        """Read the runs that changed since the last look. The revision was read before: nothing is missed.

        What was purged has left no trace but the revision of the purge: then all are read anew.
        """
        last = self._snapshot.revision
        if last < 0 or trash.purged_at(self._db) > last:
            self._runs, self._read_at = {}, {}
            changed = [
                run for side in (False, True) for run in queries.list_runs(self._db, limit=MAX_RUNS, trashed=side)
            ]
        else:
            changed = queries.list_runs(self._db, limit=MAX_RUNS, changed_since=last, trashed=None)
        now = time.monotonic()
        self._runs.update((run.id, run) for run in changed)
        self._read_at.update((run.id, now) for run in changed)
        as_they_are = (as_ended(run, self._db.path) if run.id in self._gone else run for run in self._runs.values())
        shown = [run for run in as_they_are if run.trashed_at is None]
        deleted = [run for run in self._runs.values() if run.trashed_at is not None]
        self._snapshot = replace(
            self._snapshot,
            revision=revision,
            runs=tuple(sorted(shown, key=lambda run: run.created_at, reverse=True)[:MAX_RUNS]),
            trash=tuple(sorted(deleted, key=lambda run: run.trashed_at or 0.0, reverse=True)),
            read_at=dict(self._read_at),
            queue=queries.queue_state(self._db),
        )

    def _measure_trash(self) -> None:
        """Measure what lies in the trash, each run once: nothing changes there."""
        known = {run.id: self._held.get(run.id) for run in self._snapshot.trash}
        self._held = {
            run_id: usage(self._db.path.run(run_id).path) if held is None else held for run_id, held in known.items()
        }
        self._snapshot = replace(self._snapshot, held=self._held)

    def _detail(self, interest: Interest) -> RunDetail | None:
        run_id = interest.run_id
        if run_id is None or run_id not in self._runs:
            return None
        self._curves = {
            name: thinned(self._db, run_id, name, MAX_POINTS, self._curves.get(name)) for name in interest.series
        }
        series = {name: curve.series for name, curve in self._curves.items()}
        if not interest.everything:
            return RunDetail(run_id, series)
        return RunDetail(
            run_id,
            series,
            is_whole=True,
            events=tuple(history.events(self._db, run_id)),
            attempts=tuple(history.attempts(self._db, run_id)),
            requests=tuple(history.requests(self._db, run_id)),
            checkpoints=tuple(history.checkpoints(self._db, run_id)),
            log=read_tail(self._db.path.run(run_id).log),
            bytes=usage(self._db.path.run(run_id).path),
        )
