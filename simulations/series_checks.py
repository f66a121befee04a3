"""What must hold of series: groups of seeds that are alike, and learning curves whose law is known."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from bertft_tui.core.analysis.groups import compare_groups
from bertft_tui.core.analysis.learning_curve import LearningCurve, Point, expect, fitted
from bertft_tui.core.analysis.paired import holm
from bertft_tui.core.analysis.power_law import PowerLaw
from bertft_tui.core.spread import spread_of
from simulations.lines import Line

_METRIC = "eval_accuracy"

#: What seeds of the first and of the second recipe are apart: standard deviations of an accuracy, as is usual.
_SPREADS = ((0.005, 0.005), (0.004, 0.012))

#: Seeds of both groups: as few as people run, and more.
_SEEDS = ((3, 3), (5, 5), (3, 8), (10, 10))

#: Which part of a seed's luck both recipes share when they have the seed in common.
_SHARED = 0.5

#: Rows that there are in all, four of five points are measured below.
_WHOLE = 25_000


@dataclass(frozen=True)
class Recipe:
    """One whose error falls by a known law: sizes, seeds at each, texts, and what seeds are apart."""

    law: PowerLaw
    sizes: tuple[int, ...] = (250, 500, 1000, 2000)
    seeds: int = 1
    texts: int = 1000
    apart: float = 0.003
    alike: float = 0.6  # which part of what makes a text hard is the same for all runs

    @property
    def words(self) -> str:
        """What the page calls it."""
        seeds = f", {self.seeds} seeds each" if self.seeds > 1 else ""
        seeds += "" if self.alike else ", other texts for each run"
        law = f"{self.law.floor:g} + {self.law.scale:g} n^-{self.law.exponent:g}"
        return f"error {law}, {len(self.sizes)} sizes to {self.sizes[-1]:,}{seeds}"

    def measured(self, draw: np.random.Generator) -> LearningCurve:
        """The curve that runs on the same new texts make."""
        shared = np.sqrt(self.alike) * draw.standard_normal(self.texts)
        points = []
        for rows in self.sizes:
            values = [self._accuracy(draw, rows, shared) for _ in range(self.seeds)]
            spread = spread_of(values, _METRIC)
            assert spread is not None
            points.append(Point(rows, spread, self.texts, ()))
        return fitted(LearningCurve(_METRIC, tuple(points)))

    def _accuracy(self, draw: np.random.Generator, rows: int, shared: NDArray[np.float64]) -> float:
        """One run's share of the texts that are no harder than it is good."""
        good = norm.ppf(1 - self.law(rows) + self.apart * draw.standard_normal())
        return float((shared + np.sqrt(1 - self.alike) * draw.standard_normal(self.texts) < good).mean())


_RECIPES = (
    Recipe(PowerLaw(0.0, 2.0, 0.4)),
    Recipe(PowerLaw(0.0, 2.0, 0.4), alike=0.0),
    Recipe(PowerLaw(0.0, 2.0, 0.4), sizes=(250, 500, 1000)),
    Recipe(PowerLaw(0.05, 3.0, 0.5)),
    Recipe(PowerLaw(0.05, 3.0, 0.5), sizes=(125, 250, 500, 1000, 2000, 4000), seeds=3),
    Recipe(PowerLaw(0.0, 0.8, 0.2), seeds=3, texts=5000),
)


def false_alarms_of_seeds(rounds: int) -> Iterator[Line]:
    """Two recipes that are equally good are told apart as often as a test at 5 % may: pairs of seeds, and Welch."""
    for common in (True, False):
        for spreads in _SPREADS:
            for counts in _SEEDS:
                if common and counts[0] != counts[1]:
                    continue
                draw = np.random.default_rng(7)
                alarms = sum(_seeds_differ(draw, counts, spreads, common=common) for _ in range(rounds))
                test = "paired t-test" if common else "Welch's t-test"
                words = f"{counts[0]} and {counts[1]} seeds, {spreads[0]:g} and {spreads[1]:g} apart"
                yield Line("seeds alarm", test, words, 0, alarms / rounds, rounds, 0.035, 0.065)


def _seeds_differ(
    draw: np.random.Generator, counts: tuple[int, int], spreads: tuple[float, float], *, common: bool
) -> bool:
    found = compare_groups(*_groups(draw, counts, spreads, common=common))
    assert found is not None
    assert found.p_value is not None
    return found.p_value < 0.05


def _groups(
    draw: np.random.Generator, counts: tuple[int, int], spreads: tuple[float, float], *, common: bool
) -> tuple[dict[int, float], dict[int, float]]:
    """The values of two recipes by seed; the same seeds share a part of their luck."""
    luck = draw.standard_normal(max(counts))
    groups = []
    for place, (count, spread) in enumerate(zip(counts, spreads, strict=True)):
        own = draw.standard_normal(count)
        mixed = np.sqrt(_SHARED) * luck[:count] + np.sqrt(1 - _SHARED) * own if common else own
        first = 0 if common else place * max(counts)
        groups.append({first + seed: 0.88 + spread * float(value) for seed, value in enumerate(mixed)})
    return groups[0], groups[1]


def several_groups(rounds: int) -> Iterator[Line]:
    """Of four groups that are as good as the baseline's, any at all is told apart in 5 % of cases at most."""
    draw = np.random.default_rng(8)
    alarms = 0
    for _ in range(rounds):
        base, *others = (0.88 + 0.005 * draw.standard_normal(5) for _ in range(5))
        found = [compare_groups(dict(enumerate(base)), dict(enumerate(other))) for other in others]
        together = holm([each.p_value if each is not None else None for each in found])
        alarms += any(value is not None and value < 0.05 for value in together)
    yield Line("any of four", "paired t-test", "5 groups of 5 seeds", 0, alarms / rounds, rounds, 0.0, 0.065)


def coverage_of_curves(rounds: int) -> Iterator[Line]:
    """What a curve foretells of the whole set holds the true value, no less often than it says."""
    for recipe in _RECIPES:
        draw, true = np.random.default_rng(9), 1 - recipe.law(_WHOLE)
        hits = 0
        for _ in range(rounds):
            foretold = expect(recipe.measured(draw), _WHOLE)
            assert foretold.low is not None
            assert foretold.high is not None
            hits += foretold.low <= true <= foretold.high
        yield Line("curve", _METRIC, recipe.words, recipe.texts, hits / rounds, rounds, 0.93, 1.0)
