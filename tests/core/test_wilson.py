"""The interval of a counted share."""

import math

import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.analysis.wilson import Z95, wilson


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_it_is_that_of_the_literature(right: int, n: int, low: float, high: float) -> None:
    """The four examples of Newcombe (1998, table I, method 3)."""
    assert wilson(right / n, n) == pytest.approx((low, high), abs=5e-5)


@examples(100)
@given(st.integers(1, 50_000), st.data())
def test_its_bounds_are_the_shares_that_are_just_not_refuted(n: int, data: st.DataObject) -> None:
    """A bound lies 1.96 of its own standard errors away from what was counted; inside 0 to 1, around the share."""
    share = data.draw(st.integers(0, n)) / n
    low, high = wilson(share, n)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1
    for bound in (low, high):
        if 1e-12 < bound < 1 - 1e-12:
            assert abs(share - bound) == pytest.approx(Z95 * math.sqrt(bound * (1 - bound) / n), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("truth", [0.5, 0.9, 0.97])
def test_it_covers_the_truth_as_often_as_it_says(truth: float) -> None:
    """Over all counts of 200 texts, weighted by how likely each is, the truth lies inside 93 to 97 times in 100."""
    n, covered = 200, 0.0
    for right in range(n + 1):
        low, high = wilson(right / n, n)
        if low <= truth <= high:
            covered += math.comb(n, right) * truth**right * (1 - truth) ** (n - right)
    assert 0.93 <= covered <= 0.97
