"""The verdict on a run against its baseline: each rule where it speaks, and where it must be silent."""

import re
from dataclasses import replace
from typing import Any

import pytest
from compared_runs import record, summary
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.analysis.groups import SeedGroup, by_seed
from bertft_tui.core.analysis.paired import Pair
from bertft_tui.core.analysis.rules.comparing import (
    RULES,
    Contrast,
    cost,
    difference,
    more_tries,
    seeds,
    several_settings,
    verdict_against,
)
from bertft_tui.core.analysis.rules.rule import Finding
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus

NAME = "eval_accuracy"


def scored(value: float | None, seed: int = 42, **fields: Any) -> RunRecord:
    """A finished run with this accuracy."""
    return record(f"run {value} {seed}", {NAME: value}, training__seed=seed, **fields)


def group(*runs: RunRecord) -> SeedGroup:
    """Runs of one recipe."""
    return SeedGroup(runs, NAME, by_seed(runs, NAME))


def a_pair(apart: float, low: float, high: float, p_value: float, n: int = 200) -> Pair:
    """A test with these figures."""
    return Pair(NAME, n, apart, low, high, p_value, "mid-p McNemar", 0.01, p_adjusted=p_value)


def contrast(base: RunRecord, run: RunRecord, pair: Pair | None = None, **fields: Any) -> Contrast:
    """Two runs that were seen together."""
    known: dict[str, Any] = {"why_not": (), "seeds": (group(base), group(run)), **fields}
    return Contrast(base, run, NAME, pair, **known)


BETTER, WORSE = a_pair(0.05, 0.01, 0.09, 0.004), a_pair(-0.05, -0.09, -0.01, 0.0004)
SAME, OPEN = a_pair(0.001, -0.004, 0.006, 0.7), a_pair(0.02, -0.02, 0.06, 0.3)
BASE, CHANGED = scored(0.90), scored(0.92, training__learning_rate=3e-5)


def words(found: Finding | None) -> str:
    """What was found; empty for nothing."""
    return "" if found is None else found.sentence


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (BETTER, "learning_rate 2e-4 → 3e-5 is better than the baseline: +5.0 points of accuracy (95 % +1.0 to +9.0, "
                 "p 0.004, the same 200 texts)."),
        (WORSE, "is worse than the baseline: −5.0 points of accuracy (95 % −9.0 to −1.0, p <0.001"),
        (SAME, "makes no difference that matters: +0.1 points of accuracy (95 % −0.4 to +0.6, p 0.7, the same 200 "
               "texts), surely within 1.0 points."),
        (OPEN, "is not told from the baseline: +2.0 points of accuracy (95 % −2.0 to +6.0, p 0.3, the same 200 "
               "texts); about 1,600 texts would tell, should it stay so."),
    ],
)  # fmt: skip
def test_the_difference_is_said_with_its_numbers(pair: Pair, said: str) -> None:
    """Decision, size, interval, p-value, texts; where it is open, how many texts would tell."""
    assert said in words(difference(contrast(BASE, CHANGED, pair)))


def test_what_was_not_tested_says_why() -> None:
    """Both figures, and the reason; before both have one there is nothing to say."""
    found = difference(contrast(BASE, CHANGED, None, why_not=("37 of 1,000 texts differ",)))
    assert words(found) == "accuracy 0.920 against 0.900 says nothing by itself: 37 of 1,000 texts differ."
    assert difference(contrast(BASE, scored(None), None, why_not=("no predictions",))) is None
    assert verdict_against(contrast(BASE, scored(None), None, why_not=("no predictions",))) == ()


def test_more_texts_are_advised_where_they_would_tell() -> None:
    """The number that is needed becomes the size, unless all are taken already or far more would be needed."""
    some = scored(0.92, data__eval_size=200, training__learning_rate=3e-5)
    found, far = difference(contrast(BASE, some, OPEN)), a_pair(0.002, -0.04, 0.044, 0.9)
    assert found is not None
    assert found.changes == {"data.eval_size": 1600}
    for run, pair in ((scored(0.92, data__eval_size="all"), OPEN), (some, far)):
        other = difference(contrast(BASE, run, pair))
        assert other is not None
        assert other.changes == {}


def test_a_metric_of_the_test_split_says_so() -> None:
    """Its whole name stands there, and more evaluation texts, which would not change it, are not advised."""
    some = scored(0.92, data__eval_size=200, training__learning_rate=3e-5)
    found = difference(replace(contrast(BASE, some, OPEN), metric="test_accuracy"))
    assert found is not None
    assert "+2.0 points of test_accuracy (95 % " in found.sentence
    assert found.changes == {}


def test_several_settings_hide_which_it_was() -> None:
    """Said of a difference that is one, with at most three names; silent of one setting, and where all is open."""
    three = scored(0.92, training__learning_rate=3e-5, training__weight_decay=0.1, training__num_train_epochs=4)
    said = words(several_settings(contrast(BASE, three, BETTER)))
    names = "num_train_epochs, learning_rate, weight_decay"
    assert said == f"They differ in 3 settings ({names}): which of them it was is not known."
    for run, pair in ((three, OPEN), (three, SAME), (three, None), (CHANGED, BETTER)):
        assert several_settings(contrast(BASE, run, pair)) is None


def test_seeds_are_held_against_the_difference() -> None:
    """With several of both a t-test, with several of one how far they move, else that there is one of each."""
    mine = [scored(value, seed) for seed, value in enumerate((0.90, 0.91, 0.92))]
    theirs = [scored(value, seed, training__learning_rate=3e-5) for seed, value in enumerate((0.93, 0.95, 0.94))]
    both = words(seeds(contrast(mine[0], theirs[0], OPEN, seeds=(group(*mine), group(*theirs)))))
    assert both.startswith("Over seeds 0.940 ±0.010 (n 3) against 0.910 ±0.010 (n 3): +3.0 points (95 % ")
    assert "paired t-test, p 0.035" in both
    one = words(seeds(contrast(mine[0], theirs[0], OPEN, seeds=(group(*mine), group(theirs[0])))))
    assert (
        one == "Seeds alone move the baseline's recipe by 1.0 points (standard deviation of 3); the other has 1 seed."
    )
    other = words(seeds(contrast(mine[0], theirs[0], OPEN, seeds=(group(mine[0]), group(*theirs)))))
    assert other.startswith("Seeds alone move this recipe by 1.0 points")
    lonely = seeds(contrast(BASE, CHANGED, OPEN))
    assert words(lonely).startswith("Each recipe was run with 1 seed")
    assert lonely is not None
    assert lonely.changes == {"training.seed": 43}
    assert seeds(contrast(mine[0], mine[1], OPEN, seeds=(group(*mine), group(*mine)))) is None


def test_more_evaluations_flatter_more() -> None:
    """Said from twice as many on."""
    few, many = ({NAME: summary(NAME, 0.9, count=count)} for count in (3, 6))
    base, run = record("a", {NAME: 0.9}), record("b", {NAME: 0.9})
    base.metrics.update(few)
    run.metrics.update(many)
    assert "the best of 6 evaluations, the baseline's of 3" in words(more_tries(contrast(base, run)))
    run.metrics[NAME] = summary(NAME, 0.9, count=5)
    assert more_tries(contrast(base, run)) is None
    assert more_tries(contrast(record("c"), run)) is None


def test_much_longer_is_said_with_both_times() -> None:
    """From a quarter more or less on, of runs that have finished on the same device; not where it must be chance."""
    slow = scored(0.9, duration_seconds=120.0, data__max_length=256)
    assert words(cost(contrast(BASE, slow))) == "It took 2 times as long: 120 s against 60 s on cpu."
    assert words(cost(contrast(slow, BASE))) == "It took 0.5 times as long: 60 s against 120 s on cpu."
    for run in (
        scored(0.9, duration_seconds=70.0, data__max_length=256),
        scored(0.9, duration_seconds=120.0, data__max_length=256, device="cuda:0"),
        scored(0.9, duration_seconds=120.0, data__max_length=256, status=RunStatus.STOPPED),
        scored(0.9, 1, duration_seconds=120.0),
        scored(0.9, 1, duration_seconds=120.0, training__learning_rate=3e-5),
    ):
        assert cost(contrast(BASE, run)) is None
    longer = scored(0.9, 1, duration_seconds=120.0, progress=replace(BASE.progress, step=152))
    assert words(cost(contrast(BASE, longer))) == "It took 2 times as long: 120 s against 60 s on cpu."


PAIRS = st.sampled_from([BETTER, WORSE, SAME, OPEN, None])
VALUES = st.floats(0, 1) | st.just(None)


@examples(60)
@given(st.tuples(VALUES, VALUES), PAIRS, st.sampled_from([1e-5, 2e-4]), st.integers(1, 3), st.floats(0, 1e4))
def test_no_sentence_is_without_a_number(
    values: tuple[float | None, float | None], pair: Pair | None, rate: float, seed: int, took: float
) -> None:
    """Whatever is known: at most four sentences by different rules, the difference first, each change a valid one."""
    base = scored(values[0])
    run = scored(values[1], seed, training__learning_rate=rate, duration_seconds=took)
    said = verdict_against(contrast(base, run, pair, why_not=() if pair else ("no predictions",)))
    assert len(said) <= 4
    assert [advice.rule for advice in said] == [name for name in RULES if name in {each.rule for each in said}]
    if said:
        assert said[0].rule == "difference"
    for advice in said:
        assert re.search(r"\d", advice.sentence)
        assert advice.sentence.endswith(".")
        run.config.with_settings(dict(advice.changes))
