"""Calibration: known values, the definitions done by hand, and a temperature that is found again."""

import math

import numpy as np
import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from made_predictions import numbers, of_classes, of_labels
from numpy.typing import NDArray
from sklearn.metrics import brier_score_loss, log_loss

from bertft_tui.core.analysis.calibration import BINS, FEWEST, FOLDS, HOTTEST, calibration
from bertft_tui.core.errors import InputError

AB = ("a", "b")


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of each row (n, k)."""
    whole = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(whole / whole.sum(axis=1, keepdims=True))


def drawn(n: int, classes: int, factor: float, seed: int = 1) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Labels drawn from the shares of logits, and the shares of `factor` times those logits: too sure above 1."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (n, classes))
    labels = (softmax(logits).cumsum(axis=1) < rng.random((n, 1))).sum(axis=1).clip(max=classes - 1)
    return labels, softmax(factor * logits)


def test_four_examples_by_hand() -> None:
    """Confidences 0.9, 0.9, 0.6 and 0.6 with three right: bins, ECE, Brier score and likelihood as on paper."""
    shares = [[0.9, 0.1], [0.1, 0.9], [0.6, 0.4], [0.6, 0.4]]
    found = calibration(of_classes([0, 1, 0, 1], shares=shares), AB)
    filled = [each for each in found.bins if each.count]
    assert [(each.count, each.low, each.high) for each in filled] == [(2, 0.5, 0.6), (2, 0.8, 0.9)]
    assert [each.observed for each in filled] == [0.5, 1.0]
    assert [each.confidence for each in filled] == pytest.approx([0.6, 0.9])
    assert found.scores.ece == pytest.approx((0.1 + 0.1) / 2)
    assert found.scores.brier == pytest.approx((0.02 + 0.02 + 0.32 + 0.72) / 4)
    assert found.scores.nll == pytest.approx(-(2 * math.log(0.9) + math.log(0.6) + math.log(0.4)) / 4)
    assert (found.n, found.decisions, found.left_out, found.temperature) == (4, 4, 0, None)


@examples(40)
@given(st.integers(1, 60), st.integers(2, 4), st.floats(0.2, 5), st.integers(0, 99))
def test_bins_are_the_definition(n: int, classes: int, factor: float, seed: int) -> None:
    """Each decision is in the bin whose bounds hold its confidence; ECE is the weighted distance in the bins."""
    labels, shares = drawn(n, classes, factor, seed)
    said = of_classes(labels.tolist(), classes=classes, shares=shares)
    found = calibration(said, tuple("abcd"[:classes]))
    sure = said.probabilities.max(axis=1).astype(float)
    right = said.predicted == said.label
    ece = 0.0
    for each in found.bins:
        inside = (sure > each.low + 5e-8) & (sure <= each.high + 5e-8)
        assert each.count == inside.sum()
        if each.count:
            assert each.confidence == pytest.approx(sure[inside].mean())
            assert each.observed == pytest.approx(right[inside].mean())
            ece += each.count / n * abs(right[inside].mean() - sure[inside].mean())
    assert found.scores.ece == pytest.approx(ece)
    likelihoods = said.probabilities[range(n), labels].astype(float)  # scikit-learn clips those below 1e-7
    assert found.scores.nll == pytest.approx(-np.log(likelihoods).mean(), abs=1e-6)
    truth = np.eye(classes)[labels]
    assert found.scores.brier == pytest.approx(((said.probabilities - truth) ** 2).sum(axis=1).mean())


def test_labels_are_judged_decision_by_decision() -> None:
    """With several labels, probabilities of all labels are held against how often the label is there."""
    labels = np.array([[1, 0], [0, 0], [1, 1]])
    shares = np.array([[0.95, 0.05], [0.25, 0.05], [0.95, 0.25]])
    found = calibration(of_labels(labels, shares=shares), AB)
    assert (found.n, found.decisions) == (3, 6)
    counts = {round(each.high, 1): (each.count, each.observed) for each in found.bins if each.count}
    assert counts == {0.1: (2, 0.0), 0.3: (2, 0.5), 1.0: (2, 1.0)}
    assert found.scores.ece == pytest.approx((0.05 + 0.25 + 0.05) / 3)
    assert found.scores.brier == pytest.approx(brier_score_loss(labels.reshape(-1), shares.reshape(-1)))
    assert found.scores.nll == pytest.approx(log_loss(labels.reshape(-1), shares.reshape(-1)))


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_the_temperature_is_found_again(classes: int, factor: float) -> None:
    """Logits made too large by a factor are divided by it again; a model that is as sure as it should be stays.

    What it brings is told of examples that it was not fitted on, and is then no miscalibration any more.
    """
    labels, shares = drawn(8000, classes, factor)
    found = calibration(of_classes(labels.tolist(), classes=classes, shares=shares), tuple("abcde"[:classes]))
    warm = found.temperature
    assert warm is not None
    assert warm.value == pytest.approx(factor, rel=0.06)
    assert not warm.at_bound
    assert warm.after.ece < 0.025
    if factor != 1:
        assert warm.after.nll < found.scores.nll
        assert warm.after.ece < found.scores.ece / 2
        assert warm.after.brier < found.scores.brier
    else:
        assert warm.after.nll == pytest.approx(found.scores.nll, abs=1e-3)


def test_the_temperature_of_labels_is_found_again() -> None:
    """With several labels one temperature is fitted on the decisions of all of them."""
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 1.5, (4000, 3))
    labels = rng.random(logits.shape) < 1 / (1 + np.exp(-logits))
    found = calibration(of_labels(labels, shares=1 / (1 + np.exp(-2 * logits))), ("a", "b", "c"))
    assert found.temperature is not None
    assert found.temperature.value == pytest.approx(2, rel=0.06)
    assert found.temperature.after.ece < 0.02 < found.scores.ece


def test_what_is_fitted_on_noise_is_not_flattered() -> None:
    """Where shares say nothing, cross-fitting shows it: after it, no likelihood is better than that of the shares.

    A temperature fitted and scored on the same rows could only seem better.
    """
    rng = np.random.default_rng(5)
    worse = 0
    for seed in range(20):
        labels, shares = rng.integers(0, 2, FEWEST), softmax(rng.normal(0, 0.3, (FEWEST, 2)))
        found = calibration(of_classes(labels.tolist(), shares=shares), AB, seed)
        assert found.temperature is not None
        assert found.temperature.folds == FOLDS
        worse += found.temperature.after.nll > math.log(2)
    assert worse >= 8


def test_extremes() -> None:
    """Shares of 0 and 1 have a likelihood; where all is wrong the hottest will do; NaN is left out and counted."""
    sure = calibration(of_classes([0, 1] * 40, shares=[[1, 0], [0, 1]] * 40), AB)
    assert (sure.scores.ece, sure.scores.nll, sure.bins[BINS - 1].count) == (0.0, 0.0, 80)
    assert sure.scores.brier < 1e-70
    assert sure.temperature is not None
    wrong = calibration(of_classes([1, 0] * 40, shares=[[1, 0], [0, 1]] * 40), AB)
    assert 80 < wrong.scores.nll < 90
    assert wrong.temperature is not None
    assert wrong.temperature.at_bound
    assert wrong.temperature.value == pytest.approx(HOTTEST, rel=0.02)
    some = calibration(of_classes([0, 1, 1], [0, 0, 1], shares=[[0.5, 0.5], [np.nan, np.nan], [0.2, 0.8]]), AB)
    assert (some.n, some.left_out) == (2, 1)
    with pytest.raises(InputError, match="There are no probabilities"):
        calibration(of_classes([0], [0], shares=[[np.nan, np.nan]]), AB)
    with pytest.raises(InputError, match="Numbers have no classes"):
        calibration(numbers([1.0], [2.0]), ("stars",))


def test_the_same_seed_gives_the_same_figures() -> None:
    """The folds are drawn from the seed alone."""
    labels, shares = drawn(200, 3, 2.0)
    said = of_classes(labels.tolist(), classes=3, shares=shares)
    first, again, other = (calibration(said, ("a", "b", "c"), seed) for seed in (0, 0, 1))
    assert first == again
    assert first.temperature is not None
    assert other.temperature is not None
    assert first.temperature.value == other.temperature.value
    assert first.temperature.after != other.temperature.after
