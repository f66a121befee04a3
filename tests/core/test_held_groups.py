"""Groups of seeds among compared runs: who is one, what each is apart from the baseline's, corrected together."""

import pytest
from compared_runs import record
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.analysis.comparison import compare
from bertft_tui.core.analysis.groups import compare_groups
from bertft_tui.core.analysis.held_groups import held_groups
from bertft_tui.core.analysis.paired import holm
from bertft_tui.core.store.records import RunRecord

ACCURACY = "eval_accuracy"


def seeds(name: str, values: list[float], **settings: object) -> list[RunRecord]:
    """One recipe with seeds from 1 on."""
    return [
        record(f"{name}{seed}", {ACCURACY: value}, training__seed=seed, **settings)
        for seed, value in enumerate(values, 1)
    ]


def test_each_group_against_the_baselines() -> None:
    """Three recipes: the differences are those of `compare_groups`, p-values corrected for the two tests."""
    first = seeds("base", [0.80, 0.82, 0.81])
    second = seeds("slow", [0.84, 0.85, 0.86], training__learning_rate=3e-5)
    third = seeds("long", [0.81, 0.80, 0.83], training__num_train_epochs=9)
    runs = [*second, *first, *third]
    held = held_groups(compare(runs, baseline=first[1].id), ACCURACY)
    assert [each.group.runs[0].id for each in held] == [second[0].id, first[0].id, third[0].id]
    assert [each.is_base for each in held] == [False, True, False]
    assert held[1].against is None
    assert held[0].against == compare_groups(held[1].group.values, held[0].group.values)
    raw = [each.against.p_value for each in held if each.against is not None]
    assert [held[0].p_adjusted, held[2].p_adjusted] == holm(raw)
    assert {each.compared for each in held} == {2}
    assert held[0].has(second[2].id)
    assert not held[0].has(first[0].id)


def test_a_single_run_against_a_group() -> None:
    """One seed has no test, and the sentence says so; without any group nothing is said."""
    base = seeds("base", [0.80, 0.82])
    alone = record("alone", {ACCURACY: 0.9}, training__learning_rate=3e-5)
    held = held_groups(compare([*base, alone]), ACCURACY)
    assert held[1].against is not None
    assert held[1].against.why.startswith("one of them has one seed (the other 2)")
    assert (held[1].p_adjusted, held[1].compared) == (None, 0)
    assert held_groups(compare([base[0], alone]), ACCURACY) == ()


def test_runs_on_other_texts_are_never_tested() -> None:
    """A group on other data has figures of its own, and says why it is not held against the baseline's."""
    base = seeds("base", [0.80, 0.82])
    other = seeds("other", [0.90, 0.92], data__dataset="copy.csv")
    held = held_groups(compare([*base, *other]), ACCURACY)
    assert held[1].against is None
    assert held[1].why_not
    assert held[1].group.spread is not None
    assert held[1].group.spread.mean == pytest.approx(0.91)


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=8))
@examples(100)
def test_holm_by_its_definition(p_values: list[float | None]) -> None:
    """Each is the largest of what it and all smaller ones come to, by the count of those not smaller; at most 1."""
    known = sorted(value for value in p_values if value is not None)
    for value, found in zip(p_values, holm(p_values), strict=True):
        if value is None:
            assert found is None
            continue
        last = len(known) - 1 - known[::-1].index(value)
        steps = [each * (len(known) - rank) for rank, each in enumerate(known[: last + 1])]
        assert found == pytest.approx(min(1.0, max(steps[: known.index(value) + 1])))
