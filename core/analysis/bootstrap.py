"""The interval of a metric that is no simple proportion: from predictions, drawn again many times."""

import math
from typing import TYPE_CHECKING

from bertft_tui.core.analysis.intervals import PROPORTIONS, TAIL, Interval, plain_name, wilson
from bertft_tui.core.analysis.resampling import Sample, sample_of
from bertft_tui.core.metric_names import direction_of
from bertft_tui.core.store.predictions import Predictions

if TYPE_CHECKING:  # numpy costs a tenth of a second; only who asks for predictions pays it
    import numpy as np
    from numpy.typing import NDArray

#: Above so many kinds of examples the interval is not corrected for skew: there is hardly any.
_MOST_KINDS = 3_000

#: Between the figure that the store has and the one that predictions come to: further apart, they are of other
#: checkpoints. A loss was summed up in the precision of the training.
_SAME_SHARE, _SAME_LOSS = 1e-6, 5e-3


def interval_of(said: Predictions, metric: str) -> Interval | None:
    """The interval of a metric of predictions, with or without `eval_`; None where they do not make such a metric.

    None too where nothing is predicted wrong, unless it is a proportion or a loss.

    Wilson's for proportions, else bias-corrected and accelerated (BCa; Efron 1987, Journal of the American
    Statistical Association 82:171), as wide as the few examples that are predicted wrong need. Examples of one class
    of several are drawn within their class: it speaks of other texts with the same balance of classes.
    """
    from bertft_tui.core.analysis.classes import is_right

    name = plain_name(metric)
    if name in PROPORTIONS:
        return wilson(int(is_right(said).sum()), len(said)) if len(said) else None
    sample = sample_of((said,), name)
    if sample is None or not math.isfinite(value := sample.values[0]):
        return None
    telling = len(said) if name == "loss" or said.problem_type == "regression" else int((~is_right(said)).sum())
    if not telling:
        return None  # what has never happened cannot be drawn: every draw would be the same
    draws = sample.draws()[0]
    low, high = _corrected(sample, value, draws[_finite(draws)])
    wider = math.sqrt(telling / (telling - 1)) if telling > 1 else 1.0
    low, high = value + (low - value) * wider, value + (high - value) * wider
    least, most = _bounds(name)
    return Interval(max(least, low), min(most, high), len(said), "bootstrap")


def is_of(said: Predictions, metric: str, value: float | None) -> bool:
    """Whether predictions are those that a metric's value was measured on: they come to the same.

    The best value of a metric that has not chosen the checkpoint may be that of another epoch.
    """
    sample = sample_of((said,), plain_name(metric)) if value is not None else None
    if sample is None or value is None:
        return False
    most = _SAME_LOSS * max(1.0, abs(value)) if direction_of(metric) == "down" else _SAME_SHARE
    return abs(sample.values[0] - value) <= most


def _finite(values: "NDArray[np.float64]") -> "NDArray[np.bool_]":
    import numpy as np

    return np.isfinite(values)


def _bounds(name: str) -> tuple[float, float]:
    """What a metric cannot fall below or rise above."""
    if direction_of(name) == "down":
        return 0.0, math.inf
    return (-1.0 if name in ("matthews_correlation", "pearsonr", "spearmanr") else 0.0), 1.0


def _corrected(sample: Sample, value: float, draws: "NDArray[np.float64]") -> tuple[float, float]:
    """The percentiles of draws (n,), moved by how much they lie to one side, and by how skewed the metric is."""
    import numpy as np
    from scipy.special import ndtr, ndtri  # the normal distribution; scipy.stats would take another second

    below = float(((draws < value).sum() + (draws == value).sum() / 2) / len(draws))
    if not 0 < below < 1:
        low, high = np.quantile(draws, [TAIL, 1 - TAIL])
        return float(low), float(high)
    shift, skew = float(ndtri(below)), _acceleration(sample)
    moved = [shift + (shift + z) / (1 - skew * (shift + z)) for z in ndtri([TAIL, 1 - TAIL])]
    low, high = np.quantile(draws, ndtr(moved))
    return float(low), float(high)


def _acceleration(sample: Sample) -> float:
    """How the spread of a metric changes with its value: from leaving out each example once (the jackknife)."""
    import numpy as np

    kinds = len(sample.counts)
    if kinds > _MOST_KINDS or sample.counts.sum() < 2:
        return 0.0
    without = sample.counts[None, :] - np.eye(kinds, dtype=np.int64)
    values = np.asarray(sample.statistics[0](without), np.float64)
    gaps = (values * sample.counts).sum() / sample.counts.sum() - values
    squares = float((sample.counts * gaps**2).sum())
    if not math.isfinite(squares) or squares <= 0:
        return 0.0
    return float((sample.counts * gaps**3).sum() / (6 * squares**1.5))
