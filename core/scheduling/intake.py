"""From a run's directory into the store: the journal's new lines, and the predictions when they are announced."""

import sys

from bertft_tui.core.journal import Event, read_events
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.store import ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.event_fields import whole
from bertft_tui.core.store.intake import take_in
from bertft_tui.core.store.predictions import read_predictions

#: Lines in one transaction: long enough to be cheap, short enough to keep others waiting for milliseconds only.
BATCH = 2000


def follow(db: Database, directory: RunDirectory, run_key: int, offset: int) -> int:
    """Bring every whole line from `offset` on into the store; return the offset behind the last.

    A journal that cannot be read just now is read later; one that has become shorter is read again from its start,
    and what the store has already changes nothing.
    """
    while True:
        events = []
        try:
            if directory.events.exists() and size_of(directory) < offset:
                offset = 0
            for event, behind in read_events(directory.events, offset):
                events.append(event)
                offset = behind
                if len(events) == BATCH:
                    break
        except OSError:
            events.clear()
        if not events:
            return offset
        for event in events:  # first: a run that the store shows as finished has its predictions there
            if event.type == "predictions":
                save_predictions(db, directory, run_key, event)
        take_in(db, run_key, events, offset)
        if len(events) < BATCH:
            return offset


def size_of(directory: RunDirectory) -> int:
    """Return the bytes of a run's journal, none when it cannot be looked at."""
    try:
        return directory.events.stat().st_size
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
