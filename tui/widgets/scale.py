"""Ticks at round values, and the way from a value to its place on an axis."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

#: Beyond this (and, on a logarithmic axis, below its inverse) a value has no place: the arithmetic would overflow.
_LIMIT = 1e300


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`; `log` spreads decades evenly."""

    low: float
    high: float
    log: bool = False

    def fraction(self, value: float) -> float:
        """Where a value lies: 0 at `low`, 1 at `high`. NaN where it has no place."""
        return self.fractions((value,))[0]

    def fractions(self, values: Iterable[float]) -> list[float]:
        """Where many values lie, as `fraction` says for one: a chart has thousands."""
        nowhere, least = math.nan, _least(log=self.log)
        if self.log:
            log, low = math.log, math.log(self.low)
            span = math.log(self.high) - low
            return [(log(value) - low) / span if least <= value <= _LIMIT else nowhere for value in values]
        start, width = self.low, self.high - self.low
        return [(value - start) / width if least <= value <= _LIMIT else nowhere for value in values]

    def ticks(self, count: int) -> list[tuple[float, str]]:
        """At most about `count` round values on the axis, each with its label."""
        return _log_ticks(self, count) if self.log else _linear_ticks(self, count)


def fit(values: Iterable[float], *, log: bool = False, most: float = math.inf) -> Scale:
    """Make an axis that holds all values with a little room; an empty or constant one gets some width.

    There is no room above `most`.
    """
    least = _least(log=log)
    finite = [value for value in values if least <= value <= _LIMIT]
    if not finite:
        return Scale(0.1, 1.0, log) if log else Scale(0.0, 1.0)
    low, high = min(finite), max(finite)
    if log:
        return Scale(low / 1.1, high * 1.1, log=True)
    room = (high - low) * 0.04
    if room < abs(high) * 1e-9 or room == 0:
        room = abs(high) * 0.1 or 0.5
    return Scale(low - room, max(high, min(high + room, most)))


def _least(*, log: bool) -> float:
    return 1 / _LIMIT if log else -_LIMIT


def round_step(span: float, count: int) -> float:
    """The smallest step of 1, 2 or 5 times a power of ten that needs at most `count` steps."""
    raw = span / max(1, count)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)


def _linear_ticks(scale: Scale, count: int) -> list[tuple[float, str]]:
    span = scale.high - scale.low
    if not math.isfinite(span) or span <= 0:
        return []
    step = round_step(span, count)
    first, last = math.ceil(scale.low / step), math.floor(scale.high / step)
    return [(index * step, _label(index * step, step)) for index in range(first, last + 1)]


def _log_ticks(scale: Scale, count: int) -> list[tuple[float, str]]:
    decades = range(math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high)) + 1)
    for factors in ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        values = [factor * 10.0**decade for decade in decades for factor in factors]
        inside = [value for value in values if scale.low <= value <= scale.high]
        if len(inside) <= max(2, count):
            return [(value, _label(value, value)) for value in inside]
    every = math.ceil(len(inside) / max(2, count))
    return [(value, _label(value, value)) for value in inside[::every]]


def _label(value: float, step: float) -> str:
    """Write a tick with just the decimals that its step needs."""
    power = math.floor(math.log10(step) + 1e-9)
    largest = max(abs(value), step)
    if largest >= 1e6 or largest < 1e-3:
        digits = min(4, max(0, math.floor(math.log10(abs(value)) + 1e-9) - power)) if value else 0
        return "0" if value == 0 else f"{value:.{digits}e}".replace("e-0", "e-").replace("e+0", "e")
    return f"{value:.{max(0, -power)}f}"
