"""A falling power law through a few points, and how far it is to be trusted beyond them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bertft_tui.core.analysis.intervals import TAIL, Z

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Fewer points than these have no curve; with so many the floor is taken for nought.
FEWEST, WITHOUT_FLOOR = 3, 3

#: The exponents that are looked through. Hestness et al. 2017 measured 0.07 to 0.35 where theory has 0.5 to 1.
_SLOWEST, _FASTEST = 0.01, 1.0
_EXPONENTS = 400

#: How often the exponents are drawn closer about the best one.
_CLOSER = 4

#: Deviations smaller than this part of the errors are rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class PowerLaw:
    """error(n) = floor + scale · n^-exponent; floor and scale are not negative, the exponent is 0.01 to 1."""

    floor: float
    scale: float
    exponent: float

    def __call__(self, rows: float) -> float:
        """The error at so many rows."""
        return float(self.floor + self.scale * rows**-self.exponent)


@dataclass(frozen=True)
class Noise:
    """The standard deviation of each point, and how well it is known: degrees of freedom, None when it is given."""

    deviations: tuple[float, ...]
    df: int | None = None

    @property
    def reach(self) -> float:
        """How many standard deviations hold 95 %."""
        if self.df is None:
            return Z
        from scipy.special import stdtrit

        return float(stdtrit(self.df, 1 - TAIL))


def fit(rows: Sequence[int], errors: Sequence[float], noise: Noise | None = None) -> PowerLaw:
    """Fit a power law with a floor by weighted least squares (the form: Cortes et al. 1994, Hestness et al. 2017).

    For each exponent floor and scale follow by themselves, so that only one number is searched (variable projection,
    Golub and Pereyra 1973). Three points can be met exactly by three numbers, whatever the noise: there the floor is
    nought, unless such a curve misses the points by more than known noise does (chi-squared, 5 %). Three points or
    more at different numbers of rows; without noise all weigh the same.
    """
    points = _Points(rows, errors, noise)
    if len(rows) > WITHOUT_FLOOR:
        return points.best(floor=True)
    plain = points.best(floor=False)
    bad = noise is not None and noise.df is None and points.misses(plain) > Z**2
    return points.best(floor=True) if bad else plain


def interval(rows: Sequence[int], errors: Sequence[float], noise: Noise, at: float) -> tuple[float, float]:
    """Return the 95 % interval of the curve at a number of rows: between which values it can pass.

    It is that of the profile likelihood (Venzon and Moolgavkar 1988): of all power laws, floor or not, that the
    points do not refute, the lowest and the highest. Where four points or more scatter about the best of them by more
    than their noise, the noise is taken for as much larger (reduced chi-squared).
    """
    points = _Points(rows, errors, noise)
    lines = points.lines(_EXPONENTS)
    least = float(lines.squares.min())
    excess = max(1.0, least / (len(rows) - 3)) if len(rows) > 3 else 1.0
    low, high = lines.ends(least + noise.reach**2 * excess, at / points.largest)
    best = fit(rows, errors, noise)(at)
    return min(low * points.unit, best), max(high * points.unit, best)


def misfit(rows: Sequence[int], errors: Sequence[float], noise: Noise) -> float | None:
    """Return how likely points lie so far from the best power law by their noise alone; None with three or fewer.

    It is the p-value of chi-squared, or where the noise is itself an estimate, of F.
    """
    from scipy.special import chdtrc, fdtrc

    left = len(rows) - 3
    if left <= 0:
        return None
    squares = float(_Points(rows, errors, noise).lines(_EXPONENTS).squares.min())
    return float(chdtrc(left, squares) if noise.df is None else fdtrc(left, noise.df, squares / left))


def scatter(rows: Sequence[int], errors: Sequence[float]) -> Noise | None:
    """Take the noise from how points lie about their curve; None where nothing is left over to tell it."""
    law = fit(rows, errors)
    df = len(rows) - (2 if len(rows) <= WITHOUT_FLOOR else 3)
    apart = math.hypot(*(law(each) - error for each, error in zip(rows, errors, strict=True)))
    deviation = apart / math.sqrt(df) if df > 0 else 0.0
    return Noise((deviation,) * len(rows), df) if deviation > _ROUNDING * max(map(abs, errors)) else None


class _Points:
    """Points (n): rows as shares of the largest number, errors of the largest error: a diverged loss is huge."""

    def __init__(self, rows: Sequence[int], errors: Sequence[float], noise: Noise | None) -> None:
        import numpy as np

        self.largest, self.unit = float(max(rows)), max(map(abs, errors)) or 1.0
        self.sizes, self.errors = np.asarray(rows, float) / self.largest, np.asarray(errors, float) / self.unit
        self.weights = np.ones(len(rows))
        if noise is not None:
            self.weights = np.maximum(np.asarray(noise.deviations, float) / self.unit, _ROUNDING) ** -2

    def lines(self, count: int, low: float = _SLOWEST, high: float = _FASTEST) -> "_Lines":
        """For each of so many exponents the straight line through the points, the power of the rows as its axis."""
        import numpy as np

        return _Lines(self, np.geomspace(low, high, count))

    def best(self, *, floor: bool) -> PowerLaw:
        """Return the curve with the least squares, looked for more and more closely; its floor may be nought."""
        low, high = _SLOWEST, _FASTEST
        for _ in range(_CLOSER):
            lines = self.lines(_EXPONENTS, low, high)
            place = int((lines.squares if floor else lines.through_nought).argmin())
            low, high = (float(lines.exponents[min(max(near, 0), _EXPONENTS - 1)]) for near in (place - 1, place + 1))
        exponent = float(lines.exponents[place])
        level, scale = 0.0, float(lines.scales_alone[place])
        if floor:
            level, scale = float(lines.floors[place]), float(lines.scales[place])
        elif lines.flat <= lines.through_nought[place]:  # what does not fall has no exponent
            level, scale = lines.level, 0.0
        return PowerLaw(level * self.unit, scale * self.unit * self.largest**exponent, exponent)

    def misses(self, law: PowerLaw) -> float:
        """The weighted squares of a curve."""
        values = [law(size * self.largest) / self.unit for size in self.sizes]
        return float((self.errors - values) ** 2 @ self.weights)


class _Lines:
    """For each of g exponents: floor and scale of the best curve, neither negative, and its weighted squares, (g)."""

    def __init__(self, points: _Points, exponents: "NDArray[np.float64]") -> None:
        import numpy as np

        self._points, self.exponents = points, exponents
        self._powers = points.sizes[None, :] ** -exponents[:, None]  # (g, n)
        weights, errors = points.weights, points.errors
        self._w, self._wx, self._wxx = weights.sum(), self._powers @ weights, self._powers**2 @ weights
        wy, wxy = float(weights @ errors), self._powers @ (weights * errors)
        self._det = self._w * self._wxx - self._wx**2
        self._free_scales = (self._w * wxy - self._wx * wy) / self._det
        self._free_floors = (wy - self._free_scales * self._wx) / self._w
        self.level = max(wy / self._w, 0.0)
        self.scales_alone = np.maximum(wxy / self._wxx, 0.0)
        self.through_nought = self._squares(0.0, self.scales_alone)
        no_floor, flat = self._free_floors < 0, self._free_scales < 0
        self.floors = np.where(flat, self.level, np.where(no_floor, 0.0, self._free_floors))
        self.scales = np.where(flat, 0.0, np.where(no_floor, self.scales_alone, self._free_scales))
        self.squares = self._squares(self.floors, self.scales)
        self.flat = float(self._squares(self.level, 0.0)[0])  # the squares of the mean alone

    def _squares(self, floors: Any, scales: Any) -> "NDArray[np.float64]":
        import numpy as np

        curves = np.reshape(floors, (-1, 1)) + np.reshape(scales, (-1, 1)) * self._powers
        squares: NDArray[np.float64] = (self._points.errors - curves) ** 2 @ self._points.weights
        return squares

    def ends(self, most: float, size: float) -> tuple[float, float]:
        """The lowest and the highest value at a size of all curves whose squares are `most` at most.

        For each exponent these floors and scales are an ellipse, of which only the quarter without negative ones
        counts: a straight function has its ends on the ellipse, or on one of the two axes.
        """
        import numpy as np

        there = size**-self.exponents
        room = most - self._squares(self._free_floors, self._free_scales)
        across = (self._wxx - 2 * there * self._wx + there**2 * self._w) / self._det
        step = np.sqrt(np.maximum(room, 0.0) / across) / self._det
        found = []
        for sign in (-1.0, 1.0):
            floors = self._free_floors + sign * step * (self._wxx - there * self._wx)
            scales = self._free_scales + sign * step * (there * self._w - self._wx)
            found.append((floors + scales * there)[(room >= 0) & (floors >= 0) & (scales >= 0)])
            reach = np.sqrt(np.maximum(most - self.through_nought, 0.0) / self._wxx)
            found.append((np.maximum(self.scales_alone + sign * reach, 0.0) * there)[self.through_nought <= most])
        if self.flat <= most:
            about = math.sqrt((most - self.flat) / self._w)
            found.append(np.array([max(self.level - about, 0.0), self.level + about]))
        values = np.concatenate(found)
        return float(values.min()), float(values.max())
