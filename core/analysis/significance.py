"""What predictions say about runs side by side: how sure each figure is, and whether a difference is one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bertft_tui.core.analysis.comparability import label_places
from bertft_tui.core.analysis.comparison import Comparison, Figure, MetricRow
from bertft_tui.core.analysis.held_groups import HeldGroup, held_groups
from bertft_tui.core.analysis.intervals import Interval
from bertft_tui.core.analysis.kept import NOTHING_KEPT, Kept, interval_of_value, is_of_value
from bertft_tui.core.analysis.paired import Pair, adjusted, margin_of, pair
from bertft_tui.core.analysis.pairing import in_step
from bertft_tui.core.store.predictions import Predictions


@dataclass(frozen=True)
class Significance:
    """What holds of one metric of some runs, in their order; None or empty for the baseline itself."""

    metric: str
    margin: float | None  # differences up to here are a tie
    intervals: Mapping[str, tuple[Interval | None, ...]]  # of each metric that was compared
    pairs: tuple[Pair | None, ...]
    why_not: tuple[tuple[str, ...], ...]  # for each run, why there is no test against the baseline
    groups: tuple[HeldGroup, ...] = ()  # of runs that differ in the seed alone, where there are such


def significance(
    comparison: Comparison, evidence: Mapping[str, Kept], metric: str, margin: float | None = None
) -> Significance:
    """Hold every run against the baseline of a comparison by one metric, by its full name.

    The tests are corrected together, by Holm's method. `evidence`: by the runs' ids. `margin`: what counts as no
    difference, in the metric's own unit; None: the usual one.
    """
    limit = margin_of(metric, margin)
    kept = [evidence.get(run.id, NOTHING_KEPT) for run in comparison.runs]
    held = [held_against(comparison, place, evidence, metric, limit) for place in range(len(comparison.runs))]
    intervals = {
        each.name: tuple(
            interval_of_value(run, None if figure is None else figure.value, each.name, about)
            for run, figure, about in zip(comparison.runs, each.figures, kept, strict=True)
        )
        for each in comparison.metrics
    }
    pairs = adjusted([each for each, _ in held])
    groups = held_groups(comparison, metric)
    return Significance(metric, limit, intervals, tuple(pairs), tuple(reasons for _, reasons in held), groups)


def held_against(
    comparison: Comparison,
    place: int,
    evidence: Mapping[str, Kept],
    metric: str,
    margin: float | None = None,
) -> tuple[Pair | None, tuple[str, ...]]:
    """Test one run against the baseline, alone; return the test, or why there is none. Of the baseline: neither."""
    row = comparison.metric(metric) or MetricRow(metric, (None,) * len(comparison.runs))
    base, run = comparison.runs[comparison.baseline], comparison.runs[place]
    if place == comparison.baseline:
        return None, ()
    if reasons := comparison.obstacles_to(metric)[place]:
        return None, reasons
    mine, theirs = evidence.get(base.id, NOTHING_KEPT), evidence.get(run.id, NOTHING_KEPT)
    if lacking := _without_test(row.figures[comparison.baseline], mine, metric):
        return None, tuple(f"the baseline has {words}" for words in lacking)
    if lacking := _without_test(row.figures[place], theirs, metric):
        return None, lacking
    said = mine.said_for(metric), theirs.said_for(metric)
    assert said[0] is not None
    assert said[1] is not None
    limit = margin_of(metric, margin)
    found = pair_of_runs(said[0], said[1], label_places(base.labels, run.labels), metric, limit)
    return found, () if found is not None else ("no text is predicted otherwise",)


def _without_test(figure: Figure | None, kept: Kept, metric: str) -> tuple[str, ...]:
    """What a run has not, so that it cannot be tested by a metric; empty when it can."""
    if figure is None:
        return (f"no {metric}",)
    said = kept.said_for(metric)
    if said is None:
        return (_NONE.get(metric.partition("_")[0], f"no predictions for {metric}"),)
    if not is_of_value(said, metric, figure.value):
        if figure.step in (None, said.step):
            return (f"predictions that come to another {metric}",)
        return (f"predictions of step {said.step:,}, the best of {figure.step:,}",)
    return ()


#: What a run has not, by what metrics that need it begin with.
_NONE = {"eval": "no predictions", "test": "no predictions of its test split (`evaluate` keeps them)"}


@lru_cache(maxsize=512)  # screens ask again with every change of the store
def pair_of_runs(
    base: Predictions, run: Predictions, places: tuple[int, ...] | None, metric: str, margin: float | None
) -> Pair | None:
    """Test two runs by what both predicted, text by text; None where there is no such test.

    `places`: where the base's labels stand among the run's, see `label_places`.
    """
    both = in_step(base, run, places)
    return None if both is None else pair(*both, metric, margin)
