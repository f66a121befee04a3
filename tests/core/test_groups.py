"""Groups of seeds: their figures, and the tests that tell two of them apart."""

import math
from itertools import product

import pytest
from compared_runs import record
from fuzzing import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from bertft_tui.core.analysis.groups import compare_groups, seed_groups
from bertft_tui.core.spread import spread_of

#: Hours of sleep that two drugs brought ten patients more than none: Student 1908, “The probable error of a mean”.
FIRST = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SECOND = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)

VALUES = st.lists(st.integers(0, 1000).map(lambda count: count / 1000), min_size=2, max_size=8)


def test_student_sleep_paired() -> None:
    """R documents t.test(paired = TRUE) on these: t = -4.0621, df = 9, p = 0.002833, 95 % -2.46 to -0.70."""
    found = compare_groups(dict(enumerate(SECOND)), dict(enumerate(FIRST)))
    assert found is not None
    assert (found.test, found.df, found.n) == ("paired t-test", 9, (10, 10))
    assert found.difference == pytest.approx(-1.58)
    assert found.p_value == pytest.approx(0.00283289, abs=1e-7)
    assert (found.low, found.high) == (pytest.approx(-2.4598858, abs=1e-6), pytest.approx(-0.7001142, abs=1e-6))


def test_student_sleep_unpaired() -> None:
    """R documents Welch's test on these: df = 17.776, p = 0.07939, 95 % -3.3654832 to 0.2054832."""
    found = compare_groups(dict(enumerate(SECOND)), dict(enumerate(FIRST, 100)))
    assert found is not None
    assert found.test == "Welch's t-test"
    assert found.df == pytest.approx(17.776, abs=5e-4)
    assert found.p_value == pytest.approx(0.07939, abs=5e-6)
    assert (found.low, found.high) == (pytest.approx(-3.3654832, abs=1e-6), pytest.approx(0.2054832, abs=1e-6))


@examples(60)
@given(VALUES, VALUES, st.booleans())
def test_scipy_says_the_same(first: list[float], second: list[float], pairs: bool) -> None:
    """Statistic, degrees of freedom, p-value and interval are those of scipy.stats."""
    size = min(len(first), len(second))
    first, second = (first[:size], second[:size]) if pairs else (first, second)
    deviations = [b - a for a, b in zip(first, second, strict=True)] if pairs else [*first, *second]
    assume(max(deviations) - min(deviations) > 1e-6)
    assume(pairs or min(max(each) - min(each) for each in (first, second)) > 1e-6)
    found = compare_groups(dict(enumerate(first)), dict(enumerate(second, 0 if pairs else 50)))
    wanted = stats.ttest_rel(second, first) if pairs else stats.ttest_ind(second, first, equal_var=False)
    assert found is not None
    assert found.p_value == pytest.approx(float(wanted.pvalue), rel=1e-6, abs=1e-12)
    assert found.df == pytest.approx(float(wanted.df))
    assert (found.low, found.high) == pytest.approx(tuple(map(float, wanted.confidence_interval(0.95))))


@examples(40)
@given(VALUES, VALUES)
def test_the_other_way_round(first: list[float], second: list[float]) -> None:
    """The second against the first is the first against the second with the sign turned."""
    one, other = dict(enumerate(first)), dict(enumerate(second))
    here, there = compare_groups(one, other), compare_groups(other, one)
    assert here is not None
    assert there is not None
    assert (here.test, here.n) == (there.test, there.n[::-1])
    assert here.difference == pytest.approx(-there.difference, abs=1e-12)
    if here.test is None:
        assert here.low is here.high is here.p_value is here.df is None
        assert here.why
    else:
        assert here.p_value == pytest.approx(there.p_value)
        assert (here.low, here.high) == (pytest.approx(-(there.high or 0)), pytest.approx(-(there.low or 0)))


@pytest.mark.parametrize(
    ("first", "second", "test", "n"),
    [
        ((1, 2, 3), (1, 2, 3), "paired t-test", (3, 3)),
        ((1, 2, 3), (2, 3, 4), "paired t-test", (2, 2)),
        ((1, 2, 3, 4, 5), (4, 5, 6, 7, 8), "Welch's t-test", (5, 5)),
        ((1, 2), (2, 3), "Welch's t-test", (2, 2)),
        ((1,), (1, 2, 3), None, (1, 3)),
        ((1,), (1,), None, (1, 1)),
    ],
)
def test_which_test_fits(first: tuple[int, ...], second: tuple[int, ...], test: str, n: tuple[int, int]) -> None:
    """Common seeds are pairs where they are half of the larger group; a single seed has no test, and it says why."""
    found = compare_groups({seed: seed**2 / 100 for seed in first}, {seed: seed**3 / 100 for seed in second})
    assert found is not None
    assert (found.test, found.n) == (test, n)
    assert ("one seed" in found.why) == (test is None)


def test_what_does_not_vary_has_no_test() -> None:
    """Equal differences, and seeds that change nothing, would be divided by zero; so would rounding."""
    shifted = compare_groups({1: 0.1, 2: 0.2, 3: 0.3}, {1: 0.2, 2: 0.3, 3: 0.4})
    constant = compare_groups({1: 0.5, 2: 0.5}, {3: 0.6, 4: 0.6})
    assert shifted is not None
    assert constant is not None
    assert shifted.test is constant.test is None
    assert "all 3 seeds are +0.1 apart" in shifted.why
    assert "no seed changes anything (2 and 2 equal values)" in constant.why
    one_varies = compare_groups({1: 0.5, 2: 0.5}, {3: 0.6, 4: 0.7})
    assert one_varies is not None
    assert (one_varies.test, one_varies.df) == ("Welch's t-test", pytest.approx(1))
    assert compare_groups({}, {1: 0.5}) is None


def test_runs_are_grouped_by_all_but_the_seed() -> None:
    """A seed that was run twice counts once; what has no number does not enter; one value has no deviation."""
    runs = [
        record(f"{place:08}", {"eval_accuracy": value}, training__seed=seed, training__learning_rate=rate)
        for place, (seed, rate, value) in enumerate(
            [(1, 1e-5, 0.8), (1, 3e-5, 0.9), (2, 1e-5, 0.7), (2, 1e-5, 0.8), (3, 1e-5, None)]
        )
    ]
    slow, fast = seed_groups(runs, "eval_accuracy")
    assert (len(slow.runs), dict(slow.values)) == (4, {1: 0.8, 2: 0.75})
    assert slow.spread is not None
    assert fast.spread is not None
    assert (slow.spread.n, slow.spread.best, slow.spread.worst) == (2, 0.8, 0.75)
    assert slow.spread.std == pytest.approx(0.05 / math.sqrt(2))
    assert (fast.spread.n, fast.spread.std) == (1, None)


@examples(40)
@given(st.lists(st.floats(-1e3, 1e3) | st.just(math.nan) | st.none(), max_size=9), st.sampled_from(["f1", "loss"]))
def test_a_spread_is_that_of_numpy(values: list[float | None], metric: str) -> None:
    """Mean and deviation of the finite values; the best is the least of a loss."""
    import numpy as np

    known = [value for value in values if value is not None and math.isfinite(value)]
    found = spread_of(values, metric)
    assert (found is None) == (not known)
    if found is not None:
        assert (found.n, found.mean) == (len(known), pytest.approx(float(np.mean(known)), abs=1e-9))
        assert (found.std is None) == (len(known) == 1)
        if found.std is not None:
            assert found.std == pytest.approx(float(np.std(known, ddof=1)), abs=1e-9)
        ends = (min(known), max(known))
        assert (found.best, found.worst) == (ends if metric == "loss" else ends[::-1])


def test_false_alarms_of_seeds_are_rare() -> None:
    """Two groups of four seeds of one recipe: the tests cry wolf in about five of a hundred cases."""
    import numpy as np

    draw = np.random.default_rng(7)
    alarms = {True: 0, False: 0}
    for _, paired in product(range(1500), (True, False)):
        first, second = draw.normal(0.9, 0.01, (2, 4))
        found = compare_groups(dict(enumerate(first)), dict(enumerate(second, 0 if paired else 9)))
        assert found is not None
        assert found.p_value is not None
        alarms[paired] += found.p_value < 0.05
    assert 0.035 <= alarms[True] / 1500 <= 0.065
    assert 0.02 <= alarms[False] / 1500 <= 0.065
