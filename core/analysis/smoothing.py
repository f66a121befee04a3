"""Exponential smoothing of noisy curves."""

import math

#: The weights that `+` and `-` go through; 0 draws the raw curve alone.
LEVELS: tuple[float, ...] = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)


def smooth(values: tuple[float, ...], weight: float) -> tuple[float, ...]:
    """Smooth by an exponential moving average, corrected for its start; NaN stays NaN and is passed over."""
    if not weight:
        return values
    smoothed, average, correction = [], 0.0, 1.0
    for value in values:
        if math.isfinite(value):
            average = average * weight + value * (1 - weight)
            correction *= weight
            smoothed.append(average / (1 - correction))
        else:
            smoothed.append(math.nan)
    return tuple(smoothed)


def level_after(weight: float, by: int) -> float:
    """The next stronger (`by` 1) or weaker (-1) level; it stays at the ends."""
    index = min(range(len(LEVELS)), key=lambda place: abs(LEVELS[place] - weight))
    return LEVELS[min(max(index + by, 0), len(LEVELS) - 1)]
