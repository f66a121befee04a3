"""One recipe at several sizes: its points, what more rows would bring and cost, and what is not foretold."""

from typing import Any

import pytest
from compared_runs import record, texts
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.analysis.learning_curve import FARTHEST, LearningCurve, expect, learning_curves
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus

ACCURACY = "eval_accuracy"


def trained(rows: int, value: float | None, seed: int = 1, metric: str = ACCURACY, **fields: Any) -> RunRecord:
    """A run of one recipe on so many rows."""
    size = fields.pop("data__train_size", rows)
    closing = {"train_runtime": rows / 10, "train_samples_per_second": 20.0}
    return record(
        f"{rows:05}-{seed}",
        {metric: value, **closing},
        **{
            "data__train_size": size,
            "training__seed": seed,
            "train_rows": rows,
            "eval_rows": 1000,
            "attempt": 1,
            **fields,
        },
    )


def one(runs: list[RunRecord], metric: str = ACCURACY, **more: Any) -> LearningCurve:
    """The curve of runs that are of one recipe."""
    (curve,) = learning_curves(runs, metric, **more)
    return curve


def test_sizes_and_seeds_make_points() -> None:
    """A point for each number of rows, with its seeds; what does not belong is named with its reason."""
    runs = [
        trained(250, 0.7),
        trained(500, 0.8),
        trained(500, 0.82, 2),
        trained(1000, 0.86, status=RunStatus.STOPPED),
        trained(2000, None),
        trained(4000, 0.9, data__train_size="all"),
        trained(100, 0.5, train_rows=None),
    ]
    curve = one(runs)
    assert [(point.rows, point.spread.n, point.texts) for point in curve.points] == [
        (250, 1, 1000),
        (500, 2, 1000),
        (4000, 1, 1000),
    ]
    assert curve.points[1].spread.mean == pytest.approx(0.81)
    assert [why for _, why in curve.left_out] == [
        "is stopped",
        "has no eval_accuracy",
        "does not say how many rows it was trained on",
    ]
    assert curve.whole == 4000


def test_recipes_and_other_texts_are_kept_apart() -> None:
    """Another learning rate is another curve; runs on other evaluation texts are no points of this one."""
    runs = [trained(250, 0.7), trained(500, 0.8), trained(500, 0.75, training__learning_rate=1e-5)]
    first, second = learning_curves(runs, ACCURACY)
    assert [len(curve.points) for curve in (first, second)] == [2, 1]
    known = {runs[0].id: texts([1, 2], [0, 1]), runs[1].id: texts([1, 3], [0, 1])}
    curve = one(runs[:2], texts=known)
    assert [(run.id, why) for run, why in curve.left_out] == [(runs[0].id, "1 of 2 texts differ")]


def test_two_sizes_are_no_curve() -> None:
    """It says how many there are, and how many it takes; nothing is foretold."""
    curve = one([trained(250, 0.7), trained(500, 0.8)])
    assert (curve.law, curve.why) == (None, "2 of the 3 sizes that a curve needs at least")
    assert expect(curve, 1000).why == curve.why
    assert expect(curve, 1000).value is None
    assert one([trained(9, 0.5, status=RunStatus.LOST)]).why.startswith("0 of the 3 sizes")


def test_what_more_rows_would_bring_and_cost() -> None:
    """Errors of 2 · n^-0.4 go on: the value, an interval about it, and the time by the pace of these runs."""
    runs = [trained(rows, 1 - 2 * rows**-0.4) for rows in (250, 500, 1000)]
    curve = one(runs)
    assert curve.law is not None
    assert (curve.law.floor, curve.law.exponent) == (0, pytest.approx(0.4, abs=1e-3))
    assert (curve.basis, curve.why) == ("texts", "")
    found = expect(curve, 25_000)
    assert found.value == pytest.approx(1 - 2 * 25_000**-0.4, abs=1e-3)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low < found.value <= found.high <= 1
    assert found.device == "cpu"
    # 20 texts a second, two epochs; the runs took 60 seconds, of which training had 25, 50 and 100
    assert found.seconds == pytest.approx(25_000 * 2 / 20 + 10, rel=0.01)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (32_000, ""),
        (32_001, "too far to tell: 32 times beyond the largest size is 32,000"),
        (8, ""),
        (7, "too far to tell: 32 times beyond the smallest size is 8"),
    ],
)
def test_nothing_is_foretold_from_afar(rows: int, words: str) -> None:
    """Beyond 32 times the largest size, and below the smallest as far, no value is given."""
    found = expect(one([trained(size, 1 - 2 * size**-0.4) for size in (250, 500, 1000)]), rows)
    assert found.why == words
    assert (found.value is None) == bool(words)


def test_a_loss_is_an_error_by_itself() -> None:
    """It falls towards its floor, and its interval comes from how far seeds are apart, else from the scatter."""
    wobble = (0.003, -0.002, 0.001, -0.001, 0.002)
    sizes = (100, 200, 400, 800, 1600)
    runs = [
        trained(rows, 0.2 + 3 * rows**-0.5 + off, metric="eval_loss") for rows, off in zip(sizes, wobble, strict=True)
    ]
    alone = one(runs, "eval_loss")
    again = one([*runs, trained(1600, 0.28, 2, "eval_loss")], "eval_loss")
    assert (alone.basis, again.basis) == ("scatter", "seeds")
    for curve in (alone, again):
        found = expect(curve, 6400)
        assert found.value == pytest.approx(0.2 + 3 * 6400**-0.5, abs=0.02)
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.value <= found.high
    exact = one([trained(rows, 3 * rows**-0.5, metric="eval_loss") for rows in sizes], "eval_loss")
    assert exact.noise is None
    assert exact.why.startswith("no interval")
    assert (expect(exact, 6400).low, expect(exact, 6400).why) == (None, exact.why)


@examples(40)
@given(
    st.lists(
        st.tuples(st.integers(1, 10**9), st.floats(0, 1e300), st.integers(0, 3)), min_size=3, max_size=8, unique=True
    )
)
def test_losses_that_have_run_away(measured: list[tuple[int, float, int]]) -> None:
    """Huge ones, tiny ones and all between: a curve and what it foretells, without a warning."""
    curve = one([trained(rows, value, seed, "eval_loss") for rows, value, seed in measured], "eval_loss")
    found = expect(curve, curve.points[-1].rows)
    assert found.value is not None or curve.law is None
    if found.low is not None and found.high is not None and found.value is not None:
        assert found.low <= found.value <= found.high


@examples(40)
@given(
    st.lists(
        st.tuples(st.integers(1, 9000), st.integers(-100, 1100), st.integers(0, 3)),
        min_size=1,
        max_size=12,
        unique=True,
    ),
    st.sampled_from([ACCURACY, "eval_f1", "eval_loss", "eval_matthews_correlation"]),
    st.integers(1, 400_000),
)
def test_whatever_was_measured(measured: list[tuple[int, int, int]], metric: str, at: int) -> None:
    """Any points, odd ones too, make a curve or a sentence; what is foretold lies in its interval."""
    curve = one([trained(rows, value / 1000, seed, metric) for rows, value, seed in measured], metric)
    assert len(curve.runs) == len(measured)
    assert [point.rows for point in curve.points] == sorted({rows for rows, _, _ in measured})
    assert (curve.law is None) == (len(curve.points) < 3)
    found = expect(curve, at)
    assert found.value is not None or found.why
    if found.value is None:
        return
    assert curve.points[0].rows / FARTHEST <= at <= curve.points[-1].rows * FARTHEST
    if found.low is None or found.high is None:
        assert found.why.startswith("no interval")
    else:
        assert found.low - 1e-9 <= found.value + 1e-9
        assert found.value <= found.high + 1e-9
        if metric in (ACCURACY, "eval_f1"):
            assert 0 <= found.low <= found.high <= 1 + 1e-9
