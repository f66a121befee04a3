"""Whether one run is better than another: against published numbers and brute force, and what is made of it."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from predicted import classified, predictions
from scipy.stats import binom, binomtest

from bertft_tui.core.analysis.paired import Pair, adjusted, margin_of, mcnemar, mid_p, pair
from bertft_tui.core.store.predictions import Predictions
from simulations.worlds import World


def _split(both: int, only_base: int, only_run: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    base = np.repeat([True, True, False, False], [both, only_base, only_run, neither])
    run = np.repeat([True, False, True, False], [both, only_base, only_run, neither])
    return base, run


def test_mcnemar_is_as_published() -> None:
    """The airway study (Bentur 2009) in Fagerland et al. 2013 and 2014: mid-p 0.039, Bonett and Price 0.013 to 0.508.

    The exact test, which is too timid at this size, has 0.070 there.
    """
    found = mcnemar(*_split(1, 1, 7, 12), "eval_accuracy", None)
    assert round(found.p_value, 3) == 0.039
    assert round(binomtest(1, 8).pvalue, 3) == 0.070
    assert (round(found.difference, 3), round(found.low, 3), round(found.high, 3)) == (0.286, 0.013, 0.508)
    assert (found.only_base, found.only_run, found.n) == (1, 7, 21)


@examples(80)
@given(st.integers(0, 60), st.integers(0, 60))
def test_mid_p_is_the_exact_value_with_half_of_what_was_seen(one: int, other: int) -> None:
    """By adding up the distribution; the same both ways round; 1 where the split is even."""
    total = one + other
    chances = binom.pmf(np.arange(total + 1), total, 0.5)
    fewer = min(one, other)
    wanted = 1.0 if one == other else 2 * (chances[:fewer].sum() + chances[fewer] / 2)
    assert mid_p(one, other) == pytest.approx(wanted, abs=1e-12)
    assert mid_p(one, other) == mid_p(other, one)
    assert mid_p(one, other) <= binomtest(fewer, total).pvalue + 1e-12 if total else mid_p(0, 0) == 1


@examples(25)
@given(classified(runs=2), st.sampled_from(["accuracy", "f1", "matthews_correlation", "loss"]))
def test_a_pair_and_its_mirror_say_the_same(drawn: list[Predictions], metric: str) -> None:
    """Turned round, difference and interval change their sign, p stays, and better becomes worse."""
    forth, back = pair(drawn[0], drawn[1], metric, 0.01), pair(drawn[1], drawn[0], metric, 0.01)
    if (drawn[0].predicted == drawn[1].predicted).all() and metric in ("f1", "matthews_correlation"):
        assert forth is back is None
        return
    assert forth is not None
    assert back is not None
    assert forth.low <= forth.high
    assert 0 < forth.p_value <= 1
    turned = {"better": "worse", "worse": "better"}
    assert back.difference == pytest.approx(-forth.difference)
    assert (back.low, back.high) == pytest.approx((-forth.high, -forth.low), abs=1e-9)
    assert back.p_value == pytest.approx(forth.p_value)
    assert back.decision == turned.get(forth.decision, forth.decision)


@pytest.mark.parametrize("metric", ["accuracy", "f1", "matthews_correlation", "loss"])
def test_a_run_against_itself_is_no_difference(metric: str) -> None:
    """Of a thousand texts it is a tie where there is a margin, and never better or worse."""
    said, _ = World((500, 500), 0.85).evaluated(np.random.default_rng(1))
    found = pair(said, said, metric, margin_of(metric))
    if metric in ("f1", "matthews_correlation"):
        assert found is None  # no text could be drawn that makes a difference
        return
    assert found is not None
    assert (found.difference, found.p_value) == (0.0, 1.0)
    assert found.decision == ("undecided" if metric == "loss" else "tie")


@pytest.mark.parametrize("metric", ["accuracy", "f1", "matthews_correlation"])
def test_what_is_far_better_is_called_better(metric: str) -> None:
    """Seven points on a thousand texts: found by each test, in both directions."""
    base, run = World((400, 400, 200), 0.80, 0.07).evaluated(np.random.default_rng(2))
    found, back = pair(base, run, metric, 0.01), pair(run, base, metric, 0.01)
    assert found is not None
    assert back is not None
    assert (found.decision, back.decision) == ("better", "worse")
    assert found.low < found.difference < found.high
    assert found.p_value < 0.01
    assert found.needed is None


def test_less_loss_is_better() -> None:
    """A run that is as often right but surer of it has less loss, and that is called better."""
    label = np.arange(300) % 2
    guess = np.where(np.arange(300) % 10 == 0, 1 - label, label)
    vague, sure = np.full((300, 2), 0.4), np.full((300, 2), 0.3)
    vague[np.arange(300), guess] = 0.6
    sure[np.arange(300), guess] = 0.7
    found = pair(predictions(label, guess, vague), predictions(label, guess, sure), "eval_loss", None)
    assert found is not None
    assert found.difference < 0
    assert found.decision == "better"


def _pair(p_value: float, **fields: float) -> Pair:
    known = Pair("eval_accuracy", 1000, 0.02, 0.001, 0.039, p_value, "mid-p McNemar", 0.01, p_adjusted=p_value)
    return replace(known, **fields)


def test_holm_is_as_published() -> None:
    """Holm (1979): 0.01, 0.005, 0.03 and 0.04 become 0.03, 0.02, 0.06 and 0.06; gaps stay gaps."""
    found = adjusted([_pair(0.01), None, _pair(0.005), _pair(0.03), _pair(0.04)])
    assert [None if each is None else round(each.p_adjusted, 6) for each in found] == [0.03, None, 0.02, 0.06, 0.06]
    assert [each.compared for each in found if each is not None] == [4] * 4
    assert [each.decision for each in found if each is not None] == ["better", "better", "undecided", "undecided"]


@examples(60)
@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=19))
def test_holm_never_makes_a_test_bolder(values: list[float]) -> None:
    """Adjusted values are at least the plain ones, at most 1, in the same order; of one test nothing changes."""
    found = [each for each in adjusted([_pair(value) for value in values]) if each is not None]
    for each, value in zip(found, values, strict=True):
        assert value <= each.p_adjusted <= min(1, value * len(values)) + 1e-12
    ordered = sorted(found, key=lambda each: each.p_value)
    assert all(one.p_adjusted <= other.p_adjusted for one, other in itertools.pairwise(ordered))


@pytest.mark.parametrize(
    ("low", "high", "p_value", "decision"),
    [
        (0.001, 0.009, 0.001, "tie"),  # sure to be more, and sure to be next to nothing
        (-0.009, 0.009, 0.9, "tie"),
        (-0.009, 0.011, 0.9, "undecided"),
        (0.001, 0.011, 0.01, "better"),
        (0.001, 0.011, 0.06, "undecided"),
        (-0.001, 0.011, 0.04, "undecided"),
    ],
)
def test_a_decision_needs_test_and_interval(low: float, high: float, p_value: float, decision: str) -> None:
    """A tie lies within the margin whole; what is better is so by both; all else is undecided."""
    assert _pair(p_value, low=low, high=high, difference=(low + high) / 2).decision == decision


def test_needed_is_what_connors_formula_says() -> None:
    """Connor (1987): 100 of 1000 texts differ, the difference is a point: 80 % power takes about 7,800 texts.

    The margin would decide sooner or not at all: with a difference as large as it, no number of texts makes a tie.
    """
    base, run = _split(800, 45, 55, 100)
    found = mcnemar(base, run, "eval_accuracy", None)
    discordant, gap = 0.1, 0.01
    wanted = (1.959964 * math.sqrt(discordant) + 0.841621 * math.sqrt(discordant - gap**2)) ** 2 / gap**2
    assert found.needed is not None
    assert abs(found.needed / wanted - 1) < 0.02
    with_margin = mcnemar(base, run, "eval_accuracy", 0.02)
    assert with_margin.needed is not None
    assert abs(with_margin.needed / found.needed - 1) < 1e-6
    even = mcnemar(*_split(800, 50, 50, 100), "eval_accuracy", None)
    assert even.needed is None
    nearly = mcnemar(*_split(800, 50, 50, 100), "eval_accuracy", 0.01)
    assert nearly.needed is not None
    assert abs(nearly.needed / wanted - 1) < 0.02


def test_only_what_has_a_unit_has_a_margin() -> None:
    """A point for shares and correlations; none for losses, unless somebody says how much would not matter."""
    assert margin_of("eval_accuracy") == margin_of("pearsonr") == 0.01
    assert margin_of("eval_loss") is None
    assert margin_of("mse") is None
    assert margin_of("eval_loss", 0.05) == 0.05


def test_a_metric_that_the_task_does_not_have_makes_no_pair() -> None:
    """Nothing is compared by a correlation of classes, nor on no texts."""
    said = predictions([0, 1], [0, 1])
    none = predictions(np.zeros(0, int), np.zeros(0, int), np.zeros((0, 2)))
    assert pair(said, said, "pearsonr", None) is None
    assert pair(none, none, "accuracy", None) is None
    assert pair(none, none, "f1", None) is None
