"""Runs that differ in the seed alone, as one: mean and deviation; and two such groups held against each other."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bertft_tui.core.analysis.comparison import best_of
from bertft_tui.core.analysis.intervals import TAIL
from bertft_tui.core.series import SEED
from bertft_tui.core.spread import Spread, spread_of
from bertft_tui.core.store.records import RunRecord

GroupTest = Literal["paired t-test", "Welch's t-test"]

#: Deviations smaller than this part of the values are rounding: a t-test would divide by nearly nothing.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class SeedGroup:
    """One recipe with its seeds. A seed that was run twice counts once, with the mean of its values."""

    runs: tuple[RunRecord, ...]
    metric: str  # by its full name
    values: Mapping[int, float]  # seed → best value; seeds without a finite one are left out

    @property
    def spread(self) -> Spread | None:
        """Mean, deviation, best and worst over the seeds; None without any value."""
        return spread_of(self.values.values(), self.metric)


@dataclass(frozen=True)
class GroupDifference:
    """What two groups of seeds are apart, the second minus the first, in the metric's own unit.

    Without a test `low`, `high`, `p_value` and `df` are None, and `why` says what is missing.
    """

    difference: float
    n: tuple[int, int]  # the seeds that entered, of the first and of the second group
    test: GroupTest | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    df: float | None = None  # degrees of freedom
    why: str = ""


def seed_groups(runs: Iterable[RunRecord], metric: str) -> tuple[SeedGroup, ...]:
    """Put runs together whose settings are equal but for the seed, in the order in which they come."""
    members: dict[tuple[str, ...], list[RunRecord]] = defaultdict(list)
    for run in runs:
        members[recipe_of(run, SEED)].append(run)
    return tuple(SeedGroup(tuple(each), metric, by_seed(each, metric)) for each in members.values())


def recipe_of(run: RunRecord, *but: str) -> tuple[str, ...]:
    """Return what two runs have in common whose settings are equal but for some (`section.field`)."""
    return tuple(f"{key}={value!r}" for key, value in run.config.flat().items() if key not in but)


def by_seed(runs: Iterable[RunRecord], metric: str) -> dict[int, float]:
    """Return the best value of each seed, of one that was run several times the mean."""
    found: dict[int, list[float]] = defaultdict(list)
    for run in runs:
        if (best := best_of(metric, run)) is not None:
            found[run.config.training.seed].append(best)
    return {seed: math.fsum(values) / len(values) for seed, values in found.items()}


def compare_groups(first: Mapping[int, float], second: Mapping[int, float]) -> GroupDifference | None:
    """Test whether two recipes differ by more than their seeds do; both: seed → value. None where one is empty.

    Seeds that both have are pairs: the same seed draws the same order of rows, so their differences vary less than
    the values. With two common seeds or more, which make up half of the larger group at least, a paired t-test on
    these (Student 1908); else Welch's t-test (1947), which lets each group have a variance of its own, with two seeds
    or more on each side. Interval and p-value are two-sided, at 95 %.

    It speaks about seeds: what other seeds of the same recipes would bring on these evaluation texts. That the texts
    themselves are a sample, and others would bring other figures, is not in it: the paired test of two runs is about
    that. A t-test takes values for normal, which few seeds can neither show nor refute.
    """
    if not first or not second:
        return None
    common = sorted(first.keys() & second.keys())
    if len(common) >= 2 and 2 * len(common) >= max(len(first), len(second)):
        return _paired([first[seed] for seed in common], [second[seed] for seed in common])
    return _welch(list(first.values()), list(second.values()))


def _paired(first: Sequence[float], second: Sequence[float]) -> GroupDifference:
    apart = [theirs - mine for mine, theirs in zip(first, second, strict=True)]
    n = len(apart)
    mean, variance = _moments(apart)
    if _is_rounding(variance, (*first, *second)):
        who = "both seeds" if n == 2 else f"all {n} seeds"
        what = f"are {mean:+.4g} apart, to the last digit" if round(mean, 9) else "come to the same values"
        why = f"{who} {what}: a t-test needs differences that vary"
        return GroupDifference(mean, (n, n), why=why)
    return _tested("paired t-test", mean, math.sqrt(variance / n), n - 1, (n, n))


def _welch(first: Sequence[float], second: Sequence[float]) -> GroupDifference:
    n, m = len(first), len(second)
    difference = math.fsum(second) / m - math.fsum(first) / n
    if min(n, m) < 2:
        which = "each has one seed" if n == m else f"one of them has one seed (the other {max(n, m)})"
        why = f"{which}: how far seeds are apart is not known; two or more of each would tell"
        return GroupDifference(difference, (n, m), why=why)
    a, b = _moments(first)[1] / n, _moments(second)[1] / m
    if _is_rounding(a + b, (*first, *second)):
        why = f"no seed changes anything ({n} and {m} equal values): a t-test needs values that vary"
        return GroupDifference(difference, (n, m), why=why)
    df = (a + b) * (a + b) / (a * a / (n - 1) + b * b / (m - 1))  # Welch 1947, Satterthwaite 1946
    return _tested("Welch's t-test", difference, math.sqrt(a + b), df, (n, m))


def _tested(test: GroupTest, difference: float, error: float, df: float, n: tuple[int, int]) -> GroupDifference:
    """Say what Student's distribution says of a difference with its standard error."""
    from scipy.special import stdtr, stdtrit  # scipy.stats has the same, and takes a second to import

    reach = float(stdtrit(df, 1 - TAIL)) * error
    p_value = float(2 * stdtr(df, -abs(difference) / error))
    return GroupDifference(difference, n, test, difference - reach, difference + reach, p_value, df)


def _moments(values: Sequence[float]) -> tuple[float, float]:
    """Mean and variance of a sample of two or more."""
    mean = math.fsum(values) / len(values)
    apart = [value - mean for value in values]
    return mean, math.fsum(each * each for each in apart) / (len(values) - 1)


def _is_rounding(variance: float, values: Sequence[float]) -> bool:
    return math.sqrt(variance) <= _ROUNDING * max(map(abs, values))
