"""The interval of a share that was counted: how far chance alone may have moved it."""

import math

#: The normal distribution's quantile for 95 %, both sides; `statistics` has it, and takes long to import.
Z95 = 1.959963984540054


def wilson(share: float, n: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a share of n texts, by default of 95 % (Wilson 1927); n is at least 1."""
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)
