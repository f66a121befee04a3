"""From a run's directory into the store: the journal's new lines, and the predictions when they are announced."""

from bertft_tui.core.journal import read_events
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.store import ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.intake import take_in
from bertft_tui.core.store.predictions import Predictions

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
    import numpy as np
    from pyarrow import parquet  # here: half of the scheduler's start would be this import

    if not directory.predictions.is_file():
        return
    table = parquet.read_table(directory.predictions)
    probabilities = np.stack(table["probabilities"].to_numpy()) if len(table) else np.zeros((0, 0))
    predictions = Predictions(
        step=step,
        label=table["label"].to_numpy().astype(np.int32),
        predicted=table["predicted"].to_numpy().astype(np.int32),
        probabilities=probabilities.astype(np.float32),
        text_hash=table["text_hash"].to_numpy().view(np.uint64),
    )
    ledger.save_predictions(db, run_key, predictions)
