"""What a metric comes to in a run, and which value of it is the best."""

import math
from functools import lru_cache
from typing import Any, NamedTuple

from bertft_tui.core.filtering.fields import Which
from bertft_tui.core.metric_names import Direction, direction_of

#: What `metric` says when each run's own is meant.
AUTO = "auto"

#: Quicker to ask for than a union of the two.
NUMBER = (float, int)


class Extremes(NamedTuple):
    """A metric of a run as the store keeps it, of `MetricSummary` what can be sorted by; a `last` of None is NaN."""

    last: Any
    minimum: Any
    minimum_step: Any
    maximum: Any
    maximum_step: Any


@lru_cache(1000)
def is_up(name: str) -> bool:
    """Whether more of a metric is better."""
    return direction_of(name) == "up"


def extreme_of(name: str, which: Which) -> str:
    """Return the column of summaries that has a value of a metric: `last`, `minimum` or `maximum`."""
    return _COLUMNS[_BEST[direction_of(name)] if which == "best" else which]


def last_of(stored: Any) -> float:
    """Read the last value of a metric; what is no number is NaN, which SQLite cannot hold."""
    return stored if isinstance(stored, NUMBER) else math.nan


_BEST: dict[Direction | None, Which] = {"up": "max", "down": "min", None: "last"}
_COLUMNS = {"last": "last", "max": "maximum", "min": "minimum"}
