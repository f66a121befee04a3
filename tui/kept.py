"""What the store keeps of a run's evaluation."""

from bertft_tui.core.analysis.kept import Kept
from bertft_tui.core.store import history
from bertft_tui.core.store.database import Database


def kept_in_store(db: Database, run_id: str) -> Kept:
    """Read the predictions of a run's best checkpoint, and what it said on how many rows when it was tested last."""
    tested = (each.rows for each in reversed(history.evaluations(db, run_id)) if each.is_test)
    rows = next(tested, None)
    return Kept(history.predictions(db, run_id), rows, history.tested_predictions(db, run_id) if rows else None)
