"""What runs took for what they reached, and which of them none beats."""

import pytest
from compared_runs import record, texts
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.analysis.cost import contests_of, pareto_front
from bertft_tui.core.store.status import RunStatus

POINTS = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 6)), max_size=14)


@examples(150)
@given(POINTS)
def test_the_front_is_what_none_beats(points: list[tuple[int, int]]) -> None:
    """Each pair is looked at: who is as quick and better, or quicker and as good, beats the other."""
    front = pareto_front([seconds for seconds, _ in points], [score for _, score in points])
    for place, (seconds, score) in enumerate(points):
        beaten = any(
            (other <= seconds and theirs > score) or (other < seconds and theirs >= score) for other, theirs in points
        )
        assert (place in front) == (not beaten)


def test_the_front_of_runs() -> None:
    """Time, pace and score a minute, the quickest run first; of a loss less is better, and none is told a minute."""
    runs = [
        record(
            "slow", {"eval_accuracy": 0.9, "eval_loss": 0.3, "train_samples_per_second": 40.0}, duration_seconds=120.0
        ),
        record("quick", {"eval_accuracy": 0.8, "eval_loss": 0.5}, duration_seconds=30.0),
        record("beaten", {"eval_accuracy": 0.85, "eval_loss": 0.2}, duration_seconds=150.0),
    ]
    (contest,) = contests_of(runs, "eval_accuracy")
    assert [(cost.run.id, cost.on_front) for cost in contest.costs] == [
        ("quick", True),
        ("slow", True),
        ("beaten", False),
    ]
    assert [cost.run.id for cost in contest.front] == ["quick", "slow"]
    slow = contest.costs[1]
    assert (slow.device_seconds, slow.texts_per_second, slow.per_minute) == (120.0, 40.0, pytest.approx(0.45))
    (contest,) = contests_of(runs, "eval_loss")
    assert [cost.on_front for cost in contest.costs] == [True, True, True]
    assert contest.costs[0].per_minute is None


def test_only_what_may_be_compared_is() -> None:
    """Other texts are another contest; unfinished runs, and those without value or time, are in none."""
    runs = [
        record("a", {"eval_accuracy": 0.9}),
        record("b", {"eval_accuracy": 0.8}, data__dataset="copy.csv"),
        record("c", {"eval_accuracy": 0.7}),
        record("stopped", {"eval_accuracy": 0.9}, status=RunStatus.STOPPED),
        record("none", {"eval_accuracy": None}),
        record("timeless", {"eval_accuracy": 0.9}, duration_seconds=0.0),
    ]
    assert [[cost.run.id for cost in contest.costs] for contest in contests_of(runs, "eval_accuracy")] == [
        ["a", "c"],
        ["b"],
    ]
    known = {"a": texts([1, 2], [0, 1]), "c": texts([1, 3], [0, 1])}
    assert len(contests_of(runs, "eval_accuracy", known)) == 3
    assert contests_of(runs, "grad_norm") == ()
