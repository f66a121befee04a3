"""What is kept of a run's evaluation, and how sure its figures are by it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bertft_tui.core.analysis.bootstrap import interval_of, is_of
from bertft_tui.core.analysis.comparability import EvaluatedTexts, texts_of
from bertft_tui.core.analysis.intervals import Interval, interval_of_best, interval_of_share
from bertft_tui.core.metric_names import TEST
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import RunRecord


@dataclass(frozen=True)
class Kept:
    """The predictions of a run's best checkpoint on its evaluation texts, and the rows of its test split."""

    said: Predictions | None = None
    test_rows: int | None = None

    @cached_property
    def texts(self) -> EvaluatedTexts | None:
        """Which texts the predictions are about."""
        return texts_of(self.said)


#: Of a run of which nothing is kept.
NOTHING_KEPT = Kept()


def interval_of_value(run: RunRecord, value: float | None, metric: str, kept: Kept) -> Interval | None:
    """How sure the best value of a metric of a run is, by its full name; None where nothing that is kept tells it."""
    if metric.startswith(TEST):
        return interval_of_share(metric, value, kept.test_rows)
    if value is None or not metric.startswith("eval_"):
        return None
    share = interval_of_share(metric, value, run.eval_rows)
    if share is not None or kept.said is None:
        return share
    return _interval(kept.said, metric, value)


def intervals_of(run: RunRecord, kept: Kept = NOTHING_KEPT) -> dict[str, Interval]:
    """How sure the best value of each metric of a run is, by its full name, as far as what is kept tells it."""
    found = ((name, interval_of_value(run, summary.best, name, kept)) for name, summary in run.metrics.items())
    return {name: interval for name, interval in found if interval is not None}


#: How sure the best value of a metric of a run is, by its full name; None where nobody knows.
Sure = Callable[[RunRecord, str], Interval | None]


def sure_of(kept: Callable[[RunRecord], Kept]) -> Sure:
    """Return what tells the interval of a best value, by what is `kept` of each run."""

    def sure(run: RunRecord, metric: str) -> Interval | None:
        summary, told = run.metrics.get(metric), interval_of_best(run, metric)
        if told is not None or summary is None:
            return told  # by the run's record alone: predictions need not be read
        return interval_of_value(run, summary.best, metric, kept(run))

    return sure


# Screens ask again with every change of the store, and thousands of texts are drawn thousands of times.


@lru_cache(maxsize=512)
def is_of_value(said: Predictions, metric: str, value: float) -> bool:
    """Whether predictions are those that a value was measured on, as `bootstrap.is_of`."""
    return is_of(said, metric, value)


@lru_cache(maxsize=512)
def _interval(said: Predictions, metric: str, value: float) -> Interval | None:
    return interval_of(said, metric) if is_of_value(said, metric, value) else None
