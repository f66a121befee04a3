"""What the store keeps of a run's evaluation."""

from bertft_tui.core.analysis.evidence import Evidence
from bertft_tui.core.store import history
from bertft_tui.core.store.database import Database


def evidence_of(db: Database, run_id: str) -> Evidence:
    """Read the predictions of a run's best checkpoint, and on how many rows it was tested last."""
    tested = (each.rows for each in reversed(history.evaluations(db, run_id)) if each.is_test)
    return Evidence(history.predictions(db, run_id), next(tested, None))
