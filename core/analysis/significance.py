"""What predictions say about runs side by side: how sure each figure is, and whether a difference is one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bertft_tui.core.analysis.comparability import label_places
from bertft_tui.core.analysis.comparison import Comparison, Figure, MetricRow
from bertft_tui.core.analysis.evidence import NOTHING_KEPT, Evidence, interval_of_value, is_of_value
from bertft_tui.core.analysis.held_groups import HeldGroup, held_groups
from bertft_tui.core.analysis.intervals import Interval
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
    comparison: Comparison, evidence: Mapping[str, Evidence], metric: str, margin: float | None = None
) -> Significance:
    """Hold every run against the baseline of a comparison by one metric, by its full name.

    The tests are corrected together, by Holm's method. `evidence`: by the runs' ids. `margin`: what counts as no
    difference, in the metric's own unit; None: the usual one.
    """
    row = comparison.metric(metric) or MetricRow(metric, (None,) * len(comparison.runs))
    limit = margin_of(metric, margin)
    kept = [evidence.get(run.id, NOTHING_KEPT) for run in comparison.runs]
    base = comparison.baseline
    found: list[Pair | None] = []
    why_not: list[tuple[str, ...]] = []
    for place, (run, figure) in enumerate(zip(comparison.runs, row.figures, strict=True)):
        reasons = () if place == base else comparison.obstacles_to(metric)[place]
        if place != base and not reasons:
            its = _without_test(row.figures[base], kept[base], metric)
            reasons = tuple(f"the baseline has {words}" for words in its)
            reasons = reasons or _without_test(figure, kept[place], metric)
        pair_of = None
        if place != base and not reasons:
            places = label_places(comparison.runs[base].labels, run.labels)
            pair_of = pair_of_runs(kept[base].said, kept[place].said, places, metric, limit)
            reasons = () if pair_of is not None else (f"there is no test for {metric}",)
        found.append(pair_of)
        why_not.append(reasons)
    intervals = {
        each.name: tuple(
            interval_of_value(run, None if figure is None else figure.value, each.name, about)
            for run, figure, about in zip(comparison.runs, each.figures, kept, strict=True)
        )
        for each in comparison.metrics
    }
    return Significance(
        metric, limit, intervals, tuple(adjusted(found)), tuple(why_not), held_groups(comparison, metric)
    )


def _without_test(figure: Figure | None, kept: Evidence, metric: str) -> tuple[str, ...]:
    """What a run has not, so that it cannot be tested by a metric; empty when it can."""
    if figure is None:
        return (f"no {metric}",)
    if not metric.startswith("eval_"):
        return (f"no predictions for {metric}",)
    if kept.said is None:
        return ("no predictions",)
    if not is_of_value(kept.said, metric, figure.value):
        if figure.step in (None, kept.said.step):
            return (f"predictions that come to another {metric}",)
        return (f"predictions of step {kept.said.step:,}, the best of {figure.step:,}",)
    return ()


@lru_cache(maxsize=512)  # screens ask again with every change of the store
def pair_of_runs(
    base: Predictions, run: Predictions, places: tuple[int, ...] | None, metric: str, margin: float | None
) -> Pair | None:
    """Test two runs by what both predicted, text by text; None where there is no such test.

    `places`: where the base's labels stand among the run's, see `label_places`.
    """
    both = in_step(base, run, places)
    return None if both is None else pair(*both, metric, margin)
