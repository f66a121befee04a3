"""How sure a figure is: the interval that holds the true value 95 times out of 100."""

import math
from dataclasses import dataclass

from bertft_tui.core.metric_names import TEST
from bertft_tui.core.store.records import RunRecord

#: How often an interval is to hold the true value, and the normal quantile that this takes on both sides.
LEVEL = 0.95
TAIL = (1 - LEVEL) / 2
Z = 1.959963984540054

#: Metrics that are a number of texts out of all: binomial, whatever the classes.
PROPORTIONS = frozenset({"accuracy", "subset_accuracy"})


@dataclass(frozen=True)
class Interval:
    """From where to where the true value lies, of a figure measured on n texts."""

    low: float
    high: float
    n: int
    method: str  # "Wilson" or "bootstrap"

    @property
    def half_width(self) -> float:
        """What stands behind ±."""
        return (self.high - self.low) / 2


def plain_name(metric: str) -> str:
    """A metric without `eval_` or `test_` in front."""
    return metric.removeprefix("eval_").removeprefix(TEST)


def wilson(successes: int, n: int) -> Interval:
    """The score interval of a proportion (Wilson 1927): the proportions that a test at 5 % would not reject.

    Raises ValueError unless 0 ≤ successes ≤ n and n > 0.
    """
    if not 0 <= successes <= n or n <= 0:
        raise ValueError(f"{successes} of {n} is no proportion")
    share, weight = successes / n, Z * Z / n
    middle = (share + weight / 2) / (1 + weight)
    half = Z * math.sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    return Interval(low, 1.0 if successes == n else min(1.0, middle + half), n, "Wilson")


def interval_of_share(metric: str, value: float | None, n: int | None) -> Interval | None:
    """The interval of an accuracy that was measured on n texts; None for other metrics and without figures."""
    if plain_name(metric) not in PROPORTIONS or value is None or not n or not 0 <= value <= 1:
        return None
    return wilson(round(value * n), n)


def interval_of_best(run: RunRecord, metric: str) -> Interval | None:
    """The interval of a run's best value of an `eval_` metric, as far as its record alone tells it."""
    summary = run.metrics.get(metric)
    if summary is None or not metric.startswith("eval_"):
        return None
    return interval_of_share(metric, summary.best, run.eval_rows)
