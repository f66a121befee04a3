"""How sure a figure is: intervals against published numbers, other people's code, and brute force."""

import math

import numpy as np
import pytest
from compared_runs import record
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from predicted import classified, labelled, predictions
from scipy.stats import binomtest, pearsonr, spearmanr
from sklearn.metrics import f1_score, log_loss, matthews_corrcoef, precision_score, recall_score

from bertft_tui.core.analysis.bootstrap import interval_of, is_of
from bertft_tui.core.analysis.intervals import interval_of_best, interval_of_share, wilson
from bertft_tui.core.analysis.resampling import sample_of
from bertft_tui.core.metric_names import TASK_METRICS
from bertft_tui.core.store.predictions import Predictions


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_is_as_published(successes: int, n: int, low: float, high: float) -> None:
    """The figures of method 3 in Newcombe (1998), Statistics in Medicine 17:857, table I."""
    found = wilson(successes, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@examples(60)
@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(pair: tuple[int, int]) -> None:
    """Our few lines, which spare the app the import of scipy.stats, and scipy's say the same."""
    successes, n = pair
    found, theirs = wilson(successes, n), binomtest(successes, n).proportion_ci(method="wilson")
    assert found.low == pytest.approx(theirs.low, abs=1e-12)
    assert found.high == pytest.approx(theirs.high, abs=1e-12)
    assert found.low <= successes / n <= found.high
    assert found.half_width > 0


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_what_is_no_proportion_is_refused(successes: int, n: int) -> None:
    """More hits than texts, fewer than none, and no texts at all are a mistake of the caller."""
    with pytest.raises(ValueError, match="no proportion"):
        wilson(successes, n)


def test_a_record_alone_tells_the_interval_of_an_accuracy() -> None:
    """Of other metrics it does not, nor without the number of texts, nor where every value was NaN."""
    run = record("a", {"eval_accuracy": 0.88, "eval_f1": 0.88, "test_accuracy": 0.9}, eval_rows=1000)
    found = interval_of_best(run, "eval_accuracy")
    assert found is not None
    assert (round(found.low, 3), round(found.high, 3), found.n) == (0.858, 0.899, 1000)
    assert interval_of_best(run, "eval_f1") is None
    assert interval_of_best(run, "test_accuracy") is None  # measured on other texts than eval_rows
    assert interval_of_best(record("a", {"eval_accuracy": 0.88}, eval_rows=None), "eval_accuracy") is None
    assert interval_of_best(record("a", {"eval_accuracy": None}), "eval_accuracy") is None
    assert interval_of_share("accuracy", math.nan, 100) is None


def _values(said: Predictions) -> dict[str, float]:
    found = {}
    for name in (*TASK_METRICS[said.problem_type], "loss"):
        sample = sample_of((said,), name)
        assert sample is not None, name
        found[name] = sample.values[0]
    return found


@examples(80)
@given(classified())
def test_metrics_of_classes_are_scikit_learns(drawn: list[Predictions]) -> None:
    """Also where a class is missing, was never predicted, or is the only one."""
    said = drawn[0]
    macro = {"average": "macro", "zero_division": 0}
    several = len({*said.label, *said.predicted}) > 1  # with one class scikit-learn warns
    shares = said.probabilities / said.probabilities.sum(axis=1, keepdims=True)
    classes = range(shares.shape[1])
    wanted = {
        "accuracy": float((said.label == said.predicted).mean()),
        "f1": f1_score(said.label, said.predicted, **macro),
        "precision": precision_score(said.label, said.predicted, **macro),
        "recall": recall_score(said.label, said.predicted, **macro),
        "matthews_correlation": matthews_corrcoef(said.label, said.predicted) if several else 0.0,
        "loss": log_loss(said.label, shares, labels=classes) if len(classes) > 1 else 0.0,
    }
    assert _values(said) == pytest.approx(wanted, abs=1e-6)


@examples(60)
@given(labelled())
def test_metrics_of_labels_are_scikit_learns(drawn: list[Predictions]) -> None:
    """F1 over all decisions and over labels, a single label counting as itself, and the share of whole rows."""
    said = drawn[0]
    average = ("micro", "macro") if said.label.shape[1] > 1 else ("binary", "binary")
    found = _values(said)
    for name, how in zip(("f1_micro", "f1_macro"), average, strict=True):
        assert found[name] == pytest.approx(f1_score(said.label, said.predicted, average=how, zero_division=0))
    assert found["subset_accuracy"] == pytest.approx((said.label == said.predicted).all(axis=1).mean())


NUMBERS = st.lists(st.tuples(st.floats(-5, 5, width=32), st.floats(-5, 5, width=32)), min_size=3, max_size=40)


@examples(60)
@given(NUMBERS)
def test_metrics_of_numbers_are_scipys(pairs: list[tuple[float, float]]) -> None:
    """Correlations, with equal values sharing a rank, and the squared error; constants correlate with nothing."""
    true, guess = (np.array(each, np.float32) for each in zip(*pairs, strict=True))
    found = _values(predictions(true, guess, problem_type="regression"))
    assert found["mse"] == pytest.approx(((true.astype(float) - guess.astype(float)) ** 2).mean(), abs=1e-9)
    if min(np.ptp(true), np.ptp(guess)) > 1e-3:
        assert found["pearsonr"] == pytest.approx(
            pearsonr(true.astype(float), guess.astype(float)).statistic, abs=1e-6
        )
        assert found["spearmanr"] == pytest.approx(spearmanr(true, guess).statistic, abs=1e-9)


@examples(25)
@given(classified() | labelled(), st.integers(0, 4))
def test_an_interval_lies_around_its_figure(drawn: list[Predictions], which: int) -> None:
    """From low to high, within what the metric can be, always the same for the same predictions."""
    said = drawn[0]
    names = (*TASK_METRICS[said.problem_type], "loss")
    name = names[which % len(names)]
    found = interval_of(said, f"eval_{name}")
    value = _values(said)[name]
    if (said.label == said.predicted).all() and name not in ("accuracy", "subset_accuracy", "loss"):
        assert found is None  # an error that never happened cannot be drawn
        return
    assert found is not None
    assert found.low <= found.high
    assert found.n == len(said)
    assert (found.method == "Wilson") == (name in ("accuracy", "subset_accuracy"))
    if name != "loss":
        assert -1 <= found.low <= found.high <= 1
    if found.method == "Wilson":
        assert found.low <= value <= found.high
    assert interval_of(said, name) == found


def test_the_bootstrap_of_an_accuracy_comes_to_wilson() -> None:
    """At a thousand texts both ways to an interval lie within a fifth of a point of each other."""
    draw = np.random.default_rng(3)
    label = np.repeat([0, 1], 500)
    said = predictions(label, np.where(draw.random(1000) < 0.87, label, 1 - label))
    sample = sample_of((said,), "accuracy")
    assert sample is not None
    low, high = np.quantile(sample.draws()[0], [0.025, 0.975])
    found = interval_of(said, "accuracy")
    assert found is not None
    assert abs(found.low - low) < 0.003
    assert abs(found.high - high) < 0.003


def test_examples_are_drawn_within_their_class() -> None:
    """A class of three texts is in every draw with three of them: recall of a class that is always hit stays 1."""
    label = np.array([0] * 3 + [1] * 97)
    said = predictions(label, np.where(np.arange(100) < 20, 0, label))
    sample = sample_of((said,), "recall")
    assert sample is not None
    draws = sample.draws()[0]
    assert draws.min() > 0.5 + 0.5 * 60 / 97
    assert draws.std() > 0


def test_no_examples_and_foreign_metrics_have_no_interval() -> None:
    """Nothing is said about nothing, nor of a metric that the task does not have, nor of what is no number."""
    none = predictions(np.zeros(0, int), np.zeros(0, int), np.zeros((0, 2)))
    some = predictions([0, 1, 1], [0, 1, 0])
    assert interval_of(none, "accuracy") is None
    assert interval_of(none, "f1") is None
    assert interval_of(some, "pearsonr") is None
    assert interval_of(predictions([1.0, 1.0], [2.0, 3.0], problem_type="regression"), "pearsonr") is None


def test_predictions_of_another_checkpoint_are_told_by_their_figures() -> None:
    """They belong to a value when they come to it; a loss was rounded on its way."""
    said = predictions([0, 1, 1, 0], [0, 1, 0, 0])
    assert is_of(said, "eval_accuracy", 0.75)
    assert not is_of(said, "eval_accuracy", 0.5)
    assert not is_of(said, "eval_accuracy", None)
    loss = _values(said)["loss"]
    assert is_of(said, "eval_loss", loss * 1.001)
    assert not is_of(said, "eval_loss", loss * 1.5)
