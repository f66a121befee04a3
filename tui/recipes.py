"""Runs of one recipe: which they are, how many rows there are for it, and what all of them would bring."""

from collections.abc import Sequence

from bertft_tui.core.analysis.groups import recipe_of
from bertft_tui.core.analysis.learning_curve import Foretold, LearningCurve, expect
from bertft_tui.core.series import SEED, SIZE
from bertft_tui.core.store import history
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord


def of_recipes(runs: Sequence[RunRecord], named: Sequence[RunRecord]) -> list[RunRecord]:
    """The runs of the same recipes as those that are named: equal but for `train_size` and the seed."""
    recipes = {recipe_of(run, SIZE, SEED) for run in named}
    return [run for run in runs if recipe_of(run, SIZE, SEED) in recipes]


def foretold(db: Database, curve: LearningCurve, at: int | None = None) -> Foretold | None:
    """What is foretold: at some rows, else of the whole set; None where its rows are not known."""
    rows = at or curve.whole or available(db, curve.runs)
    return expect(curve, rows) if rows else None


def available(db: Database, runs: Sequence[RunRecord]) -> int | None:
    """How many rows there are to train on, as the newest run that said so found."""
    for run in sorted(runs, key=lambda each: each.created_at, reverse=True):
        for event in history.events(db, run.id, kind="plan", limit=1):
            if type(found := event.fields.get("train_available")) is int and found > 0:
                return found
    return None
