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
    """The predictions of a run's best checkpoint: on its evaluation texts, and on its test split of so many rows."""

    said: Predictions | None = None
    test_rows: int | None = None
    tested: Predictions | None = None

    def said_for(self, metric: str) -> Predictions | None:
        """The predictions that a metric, by its full name, was measured on; those of the training are of none."""
        if metric.startswith(TEST):
            return self.tested
        return self.said if metric.startswith("eval_") else None

    def texts_for(self, metric: str | None) -> EvaluatedTexts | None:
        """Which texts a metric, by its full name, was measured on; None: one of the evaluation."""
        return self.test_texts if metric is not None and metric.startswith(TEST) else self.texts

    @cached_property
    def texts(self) -> EvaluatedTexts | None:
        """The evaluation texts."""
        return texts_of(self.said)

    @cached_property
    def test_texts(self) -> EvaluatedTexts | None:
        """The texts of the test split."""
        return texts_of(self.tested)


#: Of a run of which nothing is kept.
NOTHING_KEPT = Kept()


def interval_of_value(run: RunRecord, value: float | None, metric: str, kept: Kept) -> Interval | None:
    """How sure the best value of a metric of a run is, by its full name; None where nothing that is kept tells it."""
    if not metric.startswith(("eval_", TEST)):
        return None
    rows = kept.test_rows if metric.startswith(TEST) else run.eval_rows
    return interval_of_figure(metric, value, rows, kept.said_for(metric))


def interval_of_figure(
    metric: str, value: float | None, rows: int | None, said: Predictions | None
) -> Interval | None:
    """How sure a figure is that was measured on so many rows, by what was predicted of them; None: unknown."""
    share = interval_of_share(metric, value, rows)
    if share is not None or said is None or value is None:
        return share
    return _interval(said, metric, value)


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
