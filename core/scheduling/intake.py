"""From a run's directory into the store: the journal's new lines, and the predictions when they are announced."""

from bertft_tui.core.journal import read_events
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.store import ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.intake import take_in
from bertft_tui.core.store.predictions import read_predictions

#: Lines in one transaction: long enough to be cheap, short enough to keep others waiting for milliseconds only.
BATCH = 2000


def follow(db: Database, directory: RunDirectory, run_key: int, offset: int) -> int:
    """Bring every whole line from `offset` on into the store; return the offset behind the last."""
    while True:
        events = []
        for event, behind in read_events(directory.events, offset):
            events.append(event)
            offset = behind
            if len(events) == BATCH:
                break
        if not events:
            return offset
        for event in events:  # first: a run that the store shows as finished has its predictions there
            if event.type == "predictions":
                _save_predictions(db, directory, run_key, int(event.fields.get("step", 0)))
        take_in(db, run_key, events, offset)
        if len(events) < BATCH:
            return offset


def _save_predictions(db: Database, directory: RunDirectory, run_key: int, step: int) -> None:
    """Copy `predictions.parquet` into the store; a file that has gone is passed over."""
    if directory.predictions.is_file():
        ledger.save_predictions(db, run_key, read_predictions(directory.predictions, step))
