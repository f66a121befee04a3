"""How values of one metric lie: mean, sample standard deviation, best, worst."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bertft_tui.core.metric_names import direction_of


@dataclass(frozen=True)
class Spread:
    """n values in five figures, in the metric's own unit."""

    n: int
    mean: float
    std: float | None  # of the sample, with n - 1: None for a single value
    best: float
    worst: float


def spread_of(values: Iterable[float | None], metric: str) -> Spread | None:
    """Sum up the values of a metric; what is not finite does not enter. None without any."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not known:
        return None
    mean = math.fsum(known) / len(known)
    apart = math.hypot(*(value - mean for value in known))  # no square of a diverged loss is too large for it
    std = apart / math.sqrt(len(known) - 1) if len(known) > 1 else None
    low, high = min(known), max(known)
    return Spread(len(known), mean, std, *((low, high) if direction_of(metric) == "down" else (high, low)))
