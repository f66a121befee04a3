"""The power law: it finds a known one, agrees with scipy, and its interval holds the truth as often as it says."""

import math
from typing import Any

import numpy as np
import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from bertft_tui.core.analysis.power_law import Noise, PowerLaw, fit, interval, misfit, scatter

LAWS = st.builds(PowerLaw, st.floats(0, 0.3), st.floats(0.3, 4), st.floats(0.05, 0.95))
SIZES = st.lists(st.integers(50, 20_000), min_size=4, max_size=8, unique=True).filter(
    lambda sizes: max(sizes) > 3 * min(sizes)
)


@examples(60)
@given(LAWS, SIZES)
def test_a_law_without_noise_is_found(law: PowerLaw, sizes: list[int]) -> None:
    """Its curve passes through the points, and through what lies between and a little beyond."""
    found = fit(sizes, [law(rows) for rows in sizes])
    for rows in (*sizes, 2 * max(sizes)):
        assert found(rows) == pytest.approx(law(rows), rel=2e-3)


@examples(30)
@given(LAWS, SIZES, st.integers(0, 10_000))
def test_no_curve_of_scipy_is_nearer(law: PowerLaw, sizes: list[int], seed: int) -> None:
    """Bounded least squares from several starts, scipy's, find nothing better."""
    draw = np.random.default_rng(seed)
    errors = np.clip([law(rows) + draw.normal(0, 0.02) for rows in sizes], 0.001, None)
    x = np.array(sizes) / max(sizes)

    def residuals(values: Any) -> Any:
        return values[0] + values[1] * x ** -values[2] - errors

    found = fit(sizes, list(errors))
    mine = math.fsum((found(rows) - error) ** 2 for rows, error in zip(sizes, errors, strict=True))
    starts = [(0.0, 0.3, 0.3), (0.1, 0.1, 0.8), (0.0, 0.5, 0.05)]
    bounds = ([0, 0, 0.01], [np.inf, np.inf, 1.0])
    best = min(2 * optimize.least_squares(residuals, start, bounds=bounds).cost for start in starts)
    assert mine <= best * (1 + 1e-6) + 1e-12
    assert found.floor >= 0
    assert found.scale >= 0
    assert 0.0099 < found.exponent < 1.0001


@examples(30)
@given(LAWS, SIZES, st.integers(0, 10_000), st.sampled_from([0.5, 1, 4, 30]))
def test_the_interval_is_that_of_all_curves_that_fit(
    law: PowerLaw, sizes: list[int], seed: int, times: float
) -> None:
    """Thousands of curves thrown at the points: those that are not refuted end within it, and near its ends."""
    draw = np.random.default_rng(seed)
    noise = Noise((0.02,) * len(sizes))
    errors = np.clip([law(rows) + draw.normal(0, 0.02) for rows in sizes], 0.001, None)
    at = times * max(sizes)
    low, high = interval(sizes, list(errors), noise, at)
    best = fit(sizes, list(errors), noise)
    x = np.array(sizes) / max(sizes)
    exponents, floors, ends = (
        draw.uniform(0.01, 1, 60_000),
        draw.uniform(0, errors.max() + 0.06, 60_000),  # errors that noise has made small may be those of more
        draw.uniform(0, errors.max() * 1.2 + 0.06, 60_000),
    )
    curves = floors[:, None] + ends[:, None] * x[None, :] ** -exponents[:, None]
    squares = ((curves - errors) ** 2).sum(1) / 0.02**2
    least = sum(((best(rows) - error) / 0.02) ** 2 for rows, error in zip(sizes, errors, strict=True))
    fitting = squares <= (least + 1.96**2 * max(1.0, least / (len(sizes) - 3))) * (1 - 1e-3)
    values = (floors + ends * times**-exponents)[fitting]
    assert 0 <= low <= best(at) <= high
    if len(values):
        assert low <= values.min() + 1e-6
        assert values.max() <= high + 1e-6
    if len(values) > 300:
        assert values.max() - values.min() > 0.6 * (high - low)


def test_three_points_have_no_floor_unless_they_demand_it() -> None:
    """Three numbers meet three points exactly: the floor is nought unless known noise speaks against it."""
    rows = [250, 500, 1000]
    errors = [0.1 + 4 * size**-0.9 for size in rows]
    assert fit(rows, errors).floor == 0
    assert fit(rows, errors, Noise((0.02,) * 3)).floor == 0
    assert fit(rows, errors, Noise((0.02,) * 3, df=2)).floor == 0
    known = fit(rows, errors, Noise((0.0005,) * 3))
    assert (known.floor, known.exponent) == (pytest.approx(0.1, abs=1e-3), pytest.approx(0.9, abs=1e-2))


def test_what_does_not_fall_is_flat() -> None:
    """More rows that bring more errors are no curve: the mean is all there is to say."""
    found = fit([100, 200, 400, 800], [0.1, 0.12, 0.14, 0.16])
    assert (found.scale, found.floor) == (0.0, pytest.approx(0.13))
    assert fit([100, 200, 400], [0.5, 0.5, 0.5])(9999) == pytest.approx(0.5)


def test_noise_from_scatter() -> None:
    """Points that lie on a curve have none; with three of them one degree of freedom is left, Student's worst."""
    law = PowerLaw(0.0, 2.0, 0.4)
    rows = [100, 200, 400]
    assert scatter(rows, [law(size) for size in rows]) is None
    found = scatter(rows, [law(100), law(200) + 0.01, law(400)])
    assert found is not None
    assert (found.df, found.reach) == (1, pytest.approx(12.706, abs=1e-3))
    assert Noise((0.1,)).reach == pytest.approx(1.96, abs=1e-3)


def test_points_that_are_no_power_law() -> None:
    """Of points that are one, with their noise, 5 of 100 are called odd; a wave is, for scipy's chi-squared too."""
    law, rows, draw = PowerLaw(0.1, 1.2, 0.5), [100, 200, 400, 800, 1600, 3200], np.random.default_rng(5)
    noise = Noise((0.004,) * 6)
    found = [misfit(rows, [law(size) + draw.normal(0, 0.004) for size in rows], noise) or 0.0 for _ in range(300)]
    assert 0.02 <= sum(each < 0.05 for each in found) / 300 <= 0.08
    wave = [law(size) + 0.02 * (-1) ** place for place, size in enumerate(rows)]
    odd = misfit(rows, wave, noise)
    assert odd is not None
    best = fit(rows, wave, noise)
    squares = sum(((best(size) - error) / 0.004) ** 2 for size, error in zip(rows, wave, strict=True))
    assert odd == pytest.approx(float(stats.chi2.sf(squares, 3)), rel=0.02)
    estimated = misfit(rows, wave, Noise((0.004,) * 6, df=4))
    assert estimated == pytest.approx(float(stats.f.sf(squares / 3, 3, 4)), rel=0.02)
    assert misfit(rows[:3], wave[:3], noise) is None


@pytest.mark.parametrize("law", [PowerLaw(0.0, 1.2, 0.3), PowerLaw(0.05, 1.2, 0.35), PowerLaw(0.02, 0.5, 0.15)])
@pytest.mark.parametrize("rows", [[250, 500, 1000], [100, 200, 400, 800, 1600]])
def test_the_truth_lies_in_the_interval(law: PowerLaw, rows: list[int]) -> None:
    """Of accuracies measured on 1000 texts, 95 of 100 intervals hold what eight times the rows would bring."""
    draw = np.random.default_rng(11)
    at, held = 8 * max(rows), 0
    for _ in range(150):
        errors = [draw.binomial(1000, law(size)) / 1000 for size in rows]
        noise = Noise(tuple(math.sqrt(error * (1 - error) / 1000) for error in errors))
        low, high = interval(rows, errors, noise, at)
        held += low <= law(at) <= high
    assert held / 150 >= 0.90
