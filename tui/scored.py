"""A run's score on its test split, for the store and in words."""

from bertft_tui.core.analysis.kept import interval_of_figure
from bertft_tui.core.scheduling import scoring
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.difference_words import half_width
from bertft_tui.tui.format import clean, metric


def score(db: Database, run: RunRecord) -> str:
    """Evaluate a run on its test split, keep the figures, and return them in words. Raises BertftError."""
    found = scoring.evaluate(db, run, run.config, split=run.config.data.test_split)
    scoring.keep(db, run, found)
    best = found.metrics.get(run.best_metric)
    sure = half_width(interval_of_figure(run.best_metric, best, found.rows, found.said))
    value = f"{metric(best)} {sure}".rstrip()
    return f"test_{run.best_metric} {value} on {found.rows:,} rows of split {clean(found.split, limit=40)!r}."
