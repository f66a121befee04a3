"""Runs in a store whose best checkpoint has said something about its evaluation texts."""

from acted_runs import DEMO, ActedRun

from bertft_tui.core.config import RunConfig
from bertft_tui.core.store import ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.predictions import Predictions

LABELS = ("business", "\x1b[31mred", "sport")


def told(
    db: Database,
    name: str,
    predictions: Predictions,
    labels: tuple[str, ...] | list[str] = LABELS,
    config: RunConfig = DEMO,
) -> ActedRun:
    """A finished run with such predictions."""
    run = ActedRun(db, name, config).start().train()
    run.say("plan", problem_type=predictions.problem_type, labels=list(labels))
    ledger.save_predictions(db, run.key, predictions)
    return run.finish()
