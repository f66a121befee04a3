"""No run is shown as running that is not, also when nobody can write into the store what became of it."""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from bertft_tui.core.errors import Problem
from bertft_tui.core.paths import RunDirectory, StorePath
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus

#: Seconds. A scheduler needs about one to start, and then sees within a moment what has become of a run.
PATIENCE = 5.0

#: Seconds that a run without a process is shown as running at most; the store may say a moment later how it ended.
SHOWN = 1.5

#: Bytes at a journal's end in which its last line is looked for.
_LAST_WORDS = 4000

_ENDED = Problem(
    "Its process has ended",
    "How is not yet in the store: its scheduler is on its way, or the store cannot be written.",
    "If this stays, `bertft-tui doctor` says what is in the way; what the run wrote is in its directory and follows.",
)


def settle(db: Database) -> frozenset[str]:
    """See to it that a scheduler is at work on unfinished runs, and wait for it where one has no process any more.

    Returns the ids of runs that the store still shows as running then, though their workers' locks are free.
    """
    if not queries.has_work(db):
        return frozenset()
    if not db.read_only:
        from bertft_tui.core.scheduling.service import ensure_running

        ensure_running(db)
    deadline = time.monotonic() + PATIENCE
    while (gone := _vanished(db)) and not db.read_only and time.monotonic() < deadline:
        time.sleep(0.05)
    return gone


def _vanished(db: Database) -> frozenset[str]:
    running = queries.ids_with(db, RunStatus.RUNNING)
    return frozenset(run_id for run_id in running if not _has_process(db.path.run(run_id)))


def _has_process(directory: RunDirectory) -> bool:
    from bertft_tui.core.scheduling.worker_handle import process_of  # psutil with it: where nothing runs, unneeded

    return process_of(directory) is not None


def as_ended(run: RunRecord, path: StorePath) -> RunRecord:
    """A run whose process is gone, as its journal's last line has it; without one nobody knows how it ended."""
    ended = replace(run, phase=None, phase_detail=None)
    if (status := _last_word(path.run(run.id))) is not None:
        return replace(ended, status=status)
    return replace(ended, status=RunStatus.LOST, error=_ENDED)


def _last_word(directory: RunDirectory) -> RunStatus | None:
    """The status that a journal's last line closes with; None when the process ended without a word."""
    from bertft_tui.core.journal import CLOSING, read_events

    kinds: list[str] = []
    with suppress(OSError):
        begin = max(0, directory.events.stat().st_size - _LAST_WORDS)
        kinds = [event.type for event, _ in read_events(directory.events, begin)]
    return RunStatus(kinds[-1]) if kinds and kinds[-1] in CLOSING else None


class Vanishings:
    """Watches which running runs have no process for longer than so many seconds."""

    def __init__(self, path: StorePath, seconds: float = PATIENCE) -> None:
        self._path = path
        self._seconds = seconds
        self._since: dict[str, float] = {}

    def look(self, runs: Iterable[RunRecord]) -> frozenset[str]:
        """Return the ids of those that have had none for so long."""
        now = time.monotonic()
        running = [self._path.run(run.id) for run in runs if run.status is RunStatus.RUNNING]
        without = [each.id for each in running if each.lock.is_file() and not _has_process(each)]
        self._since = {run_id: self._since.get(run_id, now) for run_id in without}
        return frozenset(run_id for run_id, since in self._since.items() if now - since >= self._seconds)
