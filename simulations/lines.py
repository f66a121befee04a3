"""What checks say: shares of many rounds, and between which bounds they must lie."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of the page: a share of many evaluations, and between which bounds it must lie."""

    about: str
    metric: str
    world: str
    n: int
    share: float
    rounds: int
    low: float
    high: float

    @property
    def noise(self) -> float:
        """The standard error of a share that lies at one of its bounds: so much chance alone moves it."""
        return math.sqrt(max(bound * (1 - bound) for bound in (self.low, self.high)) / self.rounds)

    def holds(self, errors: float = 0.0) -> bool:
        """Whether the share lies within its bounds, or no further outside than so many standard errors."""
        return self.low - errors * self.noise <= self.share <= self.high + errors * self.noise


Check = Callable[[int], Iterator[Line]]
