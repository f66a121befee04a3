"""The course of a noisy loss: medians of stretches of its steps."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bertft_tui.core.analysis.rules.evidence import Evidence, Point, median
from bertft_tui.core.analysis.rules.thresholds import (
    ABOVE_GUESS,
    FEWEST_OF_TREND,
    FEWEST_POINTS,
    HARDLY,
    RISEN,
    RISEN_ERRORS,
    STRETCHES,
)


@dataclass(frozen=True)
class Course:
    """How a loss began, its highest stretch, and how it ended; `mean`: behind the first stretch.

    The errors are standard errors: of the mean, and of the difference of two stretches.
    """

    start: float
    highest: float
    highest_step: int
    end: float
    error: float
    mean: float
    mean_error: float

    @property
    def has_risen(self) -> bool:
        """Whether it went above its start, by more than chance."""
        return _is_above(self.highest, self.start, RISEN, self.error)

    @property
    def has_hardly_fallen(self) -> bool:
        """Whether it ended about where it began."""
        return abs(self.start - self.end) < HARDLY * abs(self.start)

    def is_above(self, guess: float) -> bool:
        """Whether it lay above what guessing costs, by more than chance; False without such a number."""
        return guess > 0 and _is_above(self.mean, guess, ABOVE_GUESS, self.mean_error)


def course(evidence: Evidence) -> Course | None:
    """The course of the training loss; None with too few points for one."""
    points = evidence.loss
    if len(points) < FEWEST_POINTS:
        return None
    parts = stretches(points)
    levels = [_median(part) for part in parts]
    highest, place = max((level, place) for place, level in enumerate(levels))
    rest, noise = [point.value for part in parts[1:] for point in part], _noise(points)
    return Course(
        start=levels[0],
        highest=highest,
        highest_step=parts[place][-1].step,
        end=levels[-1],
        error=math.sqrt(2) * _OF_MEDIAN * noise / math.sqrt(len(points) / len(parts)),
        mean=sum(rest) / len(rest),
        mean_error=noise / math.sqrt(len(rest)),
    )


def stretches(points: Sequence[Point]) -> list[list[Point]]:
    """Cut points into stretches of as many steps each; empty ones are left out."""
    first, last = points[0].step, points[-1].step
    parts: list[list[Point]] = [[] for _ in range(STRETCHES)]
    for point in points:
        parts[min(STRETCHES - 1, (point.step - first) * STRETCHES // (last - first or 1))].append(point)
    return [part for part in parts if part]


def _median(points: Sequence[Point]) -> float:
    return median(point.value for point in points) or 0.0


def _is_above(value: float, other: float, share: float, error: float) -> bool:
    return value - other > share * abs(other) and value - other > RISEN_ERRORS * error


def _noise(points: Sequence[Point]) -> float:
    """The standard deviation of single points: from successive differences, which a trend hardly moves.

    Half their mean square (von Neumann 1941).
    """
    squares = [(one.value - other.value) ** 2 for one, other in pairwise(points)]
    return math.sqrt(sum(squares) / len(squares) / 2)


#: How much larger the standard error of a median is than that of a mean, of normal noise.
_OF_MEDIAN = 1.2533


@dataclass(frozen=True)
class Trend:
    """A straight line through points: where it begins and ends, and its slope in standard errors of it."""

    start: float
    end: float
    errors: float


def trend(points: Sequence[Point]) -> Trend | None:
    """The line of least squares through points; None for fewer than six, or for all at one step."""
    n = len(points)
    if n < FEWEST_OF_TREND:
        return None
    middle, level = sum(point.step for point in points) / n, sum(point.value for point in points) / n
    spread = sum((point.step - middle) ** 2 for point in points)
    if not spread:
        return None
    slope = sum((point.step - middle) * (point.value - level) for point in points) / spread
    left = sum((point.value - level - slope * (point.step - middle)) ** 2 for point in points)
    error = math.sqrt(left / (n - 2) / spread)
    start, end = (level + slope * (points[place].step - middle) for place in (0, -1))
    return Trend(start, end, slope / error if error else math.copysign(math.inf, slope))
