"""From a run's directory into the store: the journal's new lines, and the predictions when they are announced."""

import os
import sys
from pathlib import Path
from typing import BinaryIO

from bertft_tui.core.journal import Event, events_in
from bertft_tui.core.packed_journal import open_journal
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.store import ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.event_fields import whole
from bertft_tui.core.store.intake import take_in
from bertft_tui.core.store.predictions import read_predictions

#: Lines in one transaction: long enough to be cheap, short enough to keep others waiting for milliseconds only.
BATCH = 2000


class JournalTail:
    """What is new in a live worker's journal, which is held open.

    When its directory is deleted, what the worker writes until it puts that back, or is killed, stands in a file
    without a name.
    """

    def __init__(self, directory: RunDirectory, offset: int) -> None:
        """Nothing is opened yet. `offset`: what was read so far."""
        self._directory, self._offset = directory, offset
        self._held: int | None = None

    def take_in(self, db: Database, run_key: int) -> None:
        """Bring the new lines into the store: of the file that is held, then of another one in its place."""
        if self._held is not None:
            self._offset = follow(db, self._directory, run_key, self._offset, self._held)
        if _is(self._directory.events, self._held):
            return
        try:
            opened = os.open(self._directory.events, os.O_RDONLY)
        except OSError:  # there is none yet, or none that can be read just now, or of a run that had finished already
            self._offset = follow(db, self._directory, run_key, self._offset)
            return
        self.close()
        self._held = opened
        self._offset = follow(db, self._directory, run_key, self._offset, opened)

    def close(self) -> None:
        """Let the file go."""
        if self._held is not None:
            os.close(self._held)
            self._held = None


def follow(db: Database, directory: RunDirectory, run_key: int, offset: int, held: int | None = None) -> int:
    """Bring every whole line from `offset` on into the store; return the offset behind the last.

    A journal that cannot be read just now is read later; one that has become shorter is read again from its start,
    and what the store has already changes nothing. `held`: a descriptor to read from in place of the named file.
    """
    while True:
        events, before = [], offset
        try:
            with _opened(directory.events, held) as file:
                if os.fstat(file.fileno()).st_size < offset:
                    offset = 0
                for event, behind in events_in(file, offset):
                    events.append(event)
                    offset = behind
                    if len(events) == BATCH:
                        break
        except OSError:
            return before
        if not events:
            return offset
        for event in events:  # first: a run that the store shows as finished has its predictions there
            if event.type == "predictions":
                save_predictions(db, directory, run_key, event)
        take_in(db, run_key, events, offset)
        if len(events) < BATCH:
            return offset


def _opened(path: Path, held: int | None) -> BinaryIO:
    return open_journal(path) if held is None else os.fdopen(os.dup(held), "rb")


def _is(path: Path, held: int | None) -> bool:
    """Whether a path names the open file."""
    try:
        return held is not None and os.path.samestat(path.stat(), os.fstat(held))
    except OSError:
        return False


def size_of(directory: RunDirectory) -> int:
    """Return the bytes of a run's journal, none when it cannot be looked at; a compressed one is read for it."""
    try:
        with open_journal(directory.events) as file:
            return file.seek(0, os.SEEK_END)
    except OSError:
        return 0


def save_predictions(db: Database, directory: RunDirectory, run_key: int, event: Event) -> None:
    """Copy `predictions.parquet` into the store; a file that has gone, or is damaged, is passed over."""
    try:
        found = read_predictions(directory.predictions, whole(event.fields["step"]))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, ArithmeticError, MemoryError) as error:
        print(f"{directory.predictions}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return
    ledger.save_predictions(db, run_key, found)
