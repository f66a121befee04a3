"""How the recipe of a run grows with its training rows."""

import time
from dataclasses import dataclass

from bertft_tui.core.analysis.learning_curve import Foretold, LearningCurve, learning_curves
from bertft_tui.core.metric_names import TEST
from bertft_tui.tui.interests.evaluated import kept_of
from bertft_tui.tui.interests.interest import Source
from bertft_tui.tui.interests.many import AmongMany, Found, runs_of
from bertft_tui.tui.recipes import available, foretold, of_recipes


@dataclass(frozen=True)
class Learnt(Found):
    """The curve of a recipe, what it foretells, and how many rows there are; None what is not known."""

    curve: LearningCurve | None = None  # None: there is no such run any more
    expected: Foretold | None = None
    rows: int | None = None


@dataclass(frozen=True)
class LearntBy(AmongMany[Learnt]):
    """The curve of a run's recipe by a metric, by its full name."""

    run_id: str
    metric: str

    def read(self, source: Source, before: Learnt | None) -> Learnt:
        """Put the runs of the recipe together, fit, and foretell."""
        began = time.perf_counter()
        source.known.need((self.run_id,))
        if (run := source.known.by_id.get(self.run_id)) is None:
            return Learnt()
        others = [each for each in runs_of(source) if each.id != run.id]
        runs = of_recipes([run, *others], [run])
        kept = {each.id: kept_of(source, each) for each in runs}
        texts = {run_id: each.texts_for(self.metric) for run_id, each in kept.items()}
        tested = {run_id: each.test_rows for run_id, each in kept.items()} if self.metric.startswith(TEST) else None
        (curve,) = learning_curves(runs, self.metric, texts, tested)
        rows = curve.whole or available(source.db, runs)
        return Learnt(curve, foretold(source.db, curve), rows, took=time.perf_counter() - began)
