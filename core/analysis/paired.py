"""Is one run really better than another on the same texts: a paired test, an interval, and what follows from them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from bertft_tui.core.analysis.classes import is_right
from bertft_tui.core.analysis.intervals import PROPORTIONS, TAIL, Z, plain_name
from bertft_tui.core.analysis.resampling import sample_of
from bertft_tui.core.metric_names import direction_of
from bertft_tui.core.store.predictions import Predictions

if TYPE_CHECKING:  # numpy costs a tenth of a second; only who asks for predictions pays it
    import numpy as np
    from numpy.typing import NDArray

Decision = Literal["better", "worse", "tie", "undecided"]
Test = Literal["mid-p McNemar", "paired bootstrap"]

#: How often two equal runs may be told apart.
ALPHA = 0.05

#: Differences up to here are nothing that anybody would act on, for metrics that are told in points.
MARGIN = 0.01

#: The normal quantile of a power of four fifths: so often an experiment of the size that is named would tell.
_POWER_Z = 0.8416212335729143


@dataclass(frozen=True)
class Pair:
    """How a run stands to a baseline by one metric on the same n texts: `difference` is its figure less the other's.

    All figures are in the metric's own unit. `only_base`, `only_run`: texts that just one of them gets right, where
    the metric counts right ones.
    """

    metric: str
    n: int
    difference: float
    low: float
    high: float
    p_value: float
    test: Test
    margin: float | None
    only_base: int | None = None
    only_run: int | None = None
    compared: int = 1  # tests that this one was made together with
    p_adjusted: float = math.nan  # by Holm's method for all of them

    @property
    def decision(self) -> Decision:
        """What follows from the figures.

        A tie where the whole interval lies within the margin; better or worse where test and interval agree that
        there is a difference, the test after Holm's correction; else undecided.
        """
        if self.margin is not None and -self.margin <= self.low and self.high <= self.margin:
            return "tie"
        if self.p_adjusted > ALPHA or self.low <= 0 <= self.high:
            return "undecided"
        return "better" if (self.difference > 0) == (direction_of(self.metric) != "down") else "worse"

    @property
    def needed(self) -> int | None:
        """About how many texts would decide, where these do not and the difference stays as it is.

        The fewer of two: those that show the difference at 5 % with a power of 80 % (Connor 1987), and those whose
        interval lies within the margin as often. None where no number would do.
        """
        spread = (self.high - self.low) / (2 * Z)
        if self.decision != "undecided" or spread <= 0:
            return None
        each = self.n * spread**2 * (Z + _POWER_Z) ** 2
        gaps = [abs(self.difference), self.margin - abs(self.difference) if self.margin is not None else 0.0]
        needed = [each / gap**2 for gap in gaps if gap > 1e-9]
        return max(self.n + 1, math.ceil(min(needed))) if needed else None


def margin_of(metric: str, asked: float | None = None) -> float | None:
    """The difference that counts as none: what was asked for, else a point; None for losses, which have no unit."""
    if asked is not None:
        return asked
    return None if direction_of(metric) == "down" else MARGIN


def pair(base: Predictions, run: Predictions, metric: str, margin: float | None = None) -> Pair | None:
    """Hold a run against a baseline by what both say about the same texts, in the same order (`pairing.in_step`).

    `metric`: with or without `eval_`. None where the predictions do not make such a metric, or it is no number;
    and where no text is predicted otherwise, unless it is a proportion or a loss: nothing could be drawn.
    """
    name = plain_name(metric)
    if name in PROPORTIONS:
        return mcnemar(is_right(base), is_right(run), metric, margin) if len(base) else None
    sample = sample_of((base, run), name)
    if sample is None:
        return None
    mine, theirs = sample.values
    differing = _differing(base, run, name)
    if not math.isfinite(theirs - mine) or not differing:
        return None
    low, high, p_value = _of_draws(theirs - mine, sample.draws(), differing)
    return Pair(
        metric, len(base), theirs - mine, low, high, p_value, "paired bootstrap", margin, p_adjusted=p_value
    )  # fmt: skip


def _differing(base: Predictions, run: Predictions, name: str) -> int:
    """How many texts can make a difference: those that are predicted otherwise; for losses all of them."""
    import numpy as np

    if name == "loss" or base.problem_type == "regression":
        return len(base)
    return int(np.any((base.predicted != run.predicted).reshape(len(base), -1), axis=1).sum())


def mcnemar(base: "NDArray[np.bool_]", run: "NDArray[np.bool_]", metric: str, margin: float | None) -> Pair:
    """Compare which of n texts two runs get right, (n,) each.

    The test is McNemar's with the mid-p value (Fagerland, Lydersen and Laake 2013, BMC Medical Research Methodology
    13:91): that of the exact test is too large at these sizes. The interval is Bonett and Price's (2012, Journal of
    Educational and Behavioral Statistics 37:479): Wald's with one text more on each side.
    """
    n = len(base)
    only_base, only_run = int((base & ~run).sum()), int((run & ~base).sum())
    one, other = (only_base + 1) / (n + 2), (only_run + 1) / (n + 2)
    half = Z * math.sqrt(max(0.0, one + other - (other - one) ** 2) / (n + 2))
    p_value = mid_p(only_base, only_run)
    return Pair(
        metric,
        n,
        (only_run - only_base) / n,
        max(-1.0, other - one - half),
        min(1.0, other - one + half),
        p_value,
        "mid-p McNemar",
        margin,
        only_base,
        only_run,
        p_adjusted=p_value,
    )


def mid_p(only_base: int, only_run: int) -> float:
    """The two-sided mid-p value of McNemar's test: of the split of those texts that just one run gets right.

    Twice the chance of a split as uneven as this one or more so, of which this very split counts half.
    """
    from scipy.special import bdtr  # the binomial distribution; scipy.stats would take another second

    total, fewer = only_base + only_run, min(only_base, only_run)
    if not total:
        return 1.0
    up_to = float(bdtr(fewer, total, 0.5))
    below = float(bdtr(fewer - 1, total, 0.5)) if fewer else 0.0
    return min(1.0, up_to + below)


def _of_draws(difference: float, draws: "NDArray[np.float64]", differing: int) -> tuple[float, float, float]:
    """The interval of a difference between two rows of draws (2, draws), and the p-value that belongs to it.

    The percentile interval, and twice the share of draws on the other side of 0 (Efron and Tibshirani 1993, ch. 13
    and 15), each counted once more so that none is ever 0. Before, the draws are spread as Student's t is wider than
    the normal distribution, since their spread is known from the m texts that differ alone (Hesterberg 2015, The
    American Statistician 69:371): without it two equal runs were told apart in 7.5 % of cases at 100 texts.
    """
    import numpy as np

    found = draws[1] - draws[0]
    found = difference + (found[np.isfinite(found)] - difference) * _widening(differing)
    low, high = np.quantile(found, [TAIL, 1 - TAIL])
    tail = min(int((found <= 0).sum()), int((found >= 0).sum()))
    return float(low), float(high), min(1.0, 2 * (tail + 1) / (len(found) + 1))


def _widening(differing: int) -> float:
    from scipy.special import stdtrit  # Student's quantile; scipy.stats would take another second

    if differing < 2:
        return 1.0
    return math.sqrt(differing / (differing - 1)) * float(stdtrit(differing - 1, 1 - TAIL)) / Z


def adjusted(pairs: Sequence[Pair | None]) -> list[Pair | None]:
    """Correct the p-values of tests that are looked at together, by Holm's method."""
    together = holm([None if each is None else each.p_value for each in pairs])
    compared = sum(each is not None for each in pairs)
    return [
        None if each is None or value is None else replace(each, p_adjusted=value, compared=compared)
        for each, value in zip(pairs, together, strict=True)
    ]


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Correct p-values that are looked at together (Holm 1979); where there was no test None stays.

    From the smallest on, each is multiplied by how many are left, and none is smaller than the one before.
    """
    known = sorted((value, place) for place, value in enumerate(p_values) if value is not None)
    found, highest = list(p_values), 0.0
    for rank, (value, place) in enumerate(known):
        found[place] = highest = max(highest, min(1.0, value * (len(known) - rank)))
    return found
