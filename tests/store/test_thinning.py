"""A long curve with fewer points still shows what one would look for."""

import math

from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.store.thinning import thinned

VALUES = st.lists(st.none() | st.floats(allow_nan=False), min_size=1, max_size=400)


@given(VALUES, st.integers(10, 100))
def test_ends_extremes_and_gaps_stay(values: list[float | None], most: int) -> None:
    """First, last, lowest and highest points are there, in order, and a NaN or infinity where there was one."""
    points = [(step, value, step) for step, value in enumerate(values)]
    kept = thinned(points, most)
    assert kept == sorted(set(kept))
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert len(kept) <= 2 * most + 5

    def finite(found: list[tuple[int, float | None, int]]) -> list[float]:
        return [value for _, value, _ in found if value is not None and math.isfinite(value)]

    if finite(points):
        assert min(finite(kept)) == min(finite(points))
        assert max(finite(kept)) == max(finite(points))
    assert (len(finite(kept)) < len(kept)) == (len(finite(points)) < len(points))
