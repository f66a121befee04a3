"""Runs side by side: which settings differ, what is best, what is to the baseline, and what cannot be compared."""

import math
from collections import Counter
from typing import Any

import pytest
from compared_runs import record, summary, texts
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.analysis.comparability import obstacles
from bertft_tui.core.analysis.comparison import compare, per_minute, texts_per_second
from bertft_tui.core.metric_names import direction_of, is_share

VALUES = st.none() | st.sampled_from([0.5, 0.75, 0.25]) | st.floats(-1, 1) | st.just(math.inf)


@examples(40)
@given(st.lists(st.tuples(VALUES, st.booleans()), min_size=2, max_size=20), st.sampled_from(["eval_f1", "eval_loss"]))
def test_the_best_is_the_best_of_what_is_comparable(cells: list[tuple[float | None, bool]], name: str) -> None:
    """Ties share, what is no number or not comparable never is best, and there is none where only one has a value."""
    runs = [
        record(f"{place:08}", {name: value}, data__dataset="demo" if same or not place else "other")
        for place, (value, same) in enumerate(cells)
    ]
    row = compare(runs).metric(name)
    assert row is not None
    fair = [
        value
        for place, (value, same) in enumerate(cells)
        if (same or not place) and value is not None and math.isfinite(value)
    ]
    wanted = (max if direction_of(name) == "up" else min)(fair) if len(fair) > 1 else None
    for place, ((value, same), figure) in enumerate(zip(cells, row.figures, strict=True)):
        assert figure is not None
        assert figure.comparable == (same or not place)
        assert figure.best == (figure.comparable and wanted is not None and value == wanted)
        base = cells[0][0]
        both = [each is not None and math.isfinite(each) for each in (value, base)]
        assert (figure.difference is None) == (not place or not all(both))


@examples(20)
@given(st.lists(st.tuples(st.sampled_from([1e-5, 3e-5]), st.integers(1, 3)), min_size=2, max_size=6))
def test_each_setting_differs_or_is_the_same(values: list[tuple[float, int]]) -> None:
    """Both parts together are all settings in their order; those that differ have more than one value."""
    runs = [
        record(f"{place:08}", training__learning_rate=rate, training__seed=seed)
        for place, (rate, seed) in enumerate(values)
    ]
    found = compare(runs)
    assert {setting.field for setting in found.settings} == set(runs[0].config.flat())
    assert sorted([*found.differing, *found.same], key=found.settings.index) == list(found.settings)
    names = [setting.name for setting in found.differing]
    several = {"learning_rate": {rate for rate, _ in values}, "seed": {seed for _, seed in values}}
    assert names == [name for name, each in several.items() if len(each) > 1]


def test_the_baseline_is_the_one_named_else_the_pinned_else_the_first() -> None:
    """Differences are told to it, in the metric's own unit."""
    runs = [record("first", {"eval_accuracy": 0.8}), record("second", {"eval_accuracy": 0.9}, baseline_at=5.0)]
    assert compare(runs).baseline == 1
    assert compare(runs, "first").baseline == 0
    assert compare(runs, "gone").baseline == 1
    assert compare([record("a"), record("b")]).baseline == 0
    row = compare(runs).metric("eval_accuracy")
    assert row is not None
    assert [figure and figure.difference for figure in row.figures] == [pytest.approx(-0.1), None]


def test_metrics_that_only_some_have_leave_a_gap() -> None:
    """A row has a place for every run; usual metrics come in their order, others when they are asked for."""
    runs = [record("a", {"eval_loss": 0.4, "eval_accuracy": 0.8, "grad_norm": 2.0}), record("b", {"loss": 0.1})]
    found = compare(runs)
    assert [row.name for row in found.metrics] == ["eval_accuracy", "eval_loss", "loss"]
    assert [figure is None for figure in found.metrics[0].figures] == [False, True]
    assert found.metric("grad_norm") is None
    row = compare(runs, also=["grad_norm"]).metric("grad_norm")
    assert row is not None
    figure = row.figures[0]
    assert figure is not None
    assert (row.direction, figure.value, figure.step, figure.epoch, figure.best) == (None, 2.0, 76, 2.0, False)


def test_what_it_cost() -> None:
    """Texts a second are the Trainer's closing figure, else the present one; a best value is told for each minute."""
    ended = record("a", {"eval_accuracy": 0.9, "train_samples_per_second": 40.0}, duration_seconds=30.0)
    assert (texts_per_second(ended), texts_per_second(record("b"))) == (40.0, 12.5)
    row = compare([ended, record("b", {"eval_accuracy": None})]).metric("eval_accuracy")
    assert row is not None
    assert per_minute(ended, row.figures[0]) == pytest.approx(1.8)
    assert per_minute(ended, row.figures[1]) is None
    assert per_minute(record("c", duration_seconds=0.0), row.figures[0]) is None


def test_points_are_for_shares() -> None:
    """An accuracy is told in points, a loss or a correlation is not."""
    assert all(map(is_share, ("accuracy", "eval_f1", "test_f1_micro")))
    assert not any(map(is_share, ("eval_loss", "eval_pearsonr", "matthews_correlation", "train_runtime")))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ""),
        ({"training__learning_rate": 1e-5, "train_rows": 7}, ""),
        ({"data__dataset": "imdb"}, "other data: imdb"),
        ({"data__config_name": "sst2"}, "other data: config_name sst2"),
        ({"data__text_column": "body"}, ""),
        ({"labels": ("no", "maybe", "yes")}, "other labels: maybe"),
        ({"labels": ("yes", "no")}, ""),
        ({"labels": ("no",)}, "labels are missing: yes"),
        ({"problem_type": "regression", "labels": ("stars",)}, "learns a number, not one class of several"),
        ({"data__eval_split": "test"}, "evaluated on test, not a part of train"),
        ({"eval_rows": 1250}, "evaluated on 1,250 texts, not 200"),
        ({"data__subset_seed": 7}, "other texts were drawn: subset_seed 7, not 42"),
        ({"problem_type": None, "labels": (), "eval_rows": None}, ""),
    ],
)
def test_what_the_settings_say(fields: dict[str, Any], words: str) -> None:
    """Without predictions, settings and numbers of rows decide; what is not known yet is no obstacle."""
    base = record("base", data__eval_split=None)
    assert "".join(obstacles(base, record("other", **{"data__eval_split": None, **fields}))) == words


def test_a_whole_split_is_not_drawn() -> None:
    """Only a part of a split depends on the seed; the test split is judged by its own name."""
    whole = {"data__eval_split": "test", "data__eval_size": "all", "data__test_split": "test"}
    base, other = record("base", **whole), record("other", **whole, data__subset_seed=7)
    assert obstacles(base, other) == ()
    part = record("part", **{**whole, "data__eval_size": 100})
    assert obstacles(base, part) == ("other texts were drawn: eval_size 100, not all",)
    assert obstacles(base, part, test=True) == ()
    assert obstacles(base, record("none"), test=True) == ("tested on no split, not test",)


def test_the_texts_settle_it() -> None:
    """Where both runs' texts are known, neither the name of the data matters nor the order."""
    base, other = record("base"), record("other", data__dataset="copy.csv", labels=("yes", "no"))
    mine = texts([1, 2, 3, 3], [0, 1, 1, 0])
    assert obstacles(base, other, (mine, texts([3, 2, 3, 1], [1, 0, 0, 1]))) == ()
    assert obstacles(base, other, (mine, texts([3, 2, 3, 1], [0, 0, 0, 1]))) == ("the labels of 1 of 4 texts differ",)
    assert obstacles(base, other, (mine, texts([1, 2, 3, 9], [1, 0, 0, 0]))) == ("1 of 4 texts differ",)
    assert obstacles(base, other, (mine, texts([1, 2], [1, 0]))) == ("2 of 4 texts differ",)
    assert obstacles(base, other, (mine, texts([1, 2, 3, 3], [7, 0, 0, 1]))) == ("other labels",)
    assert obstacles(base, other, (mine, None)) == ("other data: copy.csv",)
    assert obstacles(base, other, test=True) == ("other data: copy.csv",)
    many = texts([1, 2], [[0, 1], [1, 1]])
    assert obstacles(base, other, (many, texts([2, 1], [[1, 1], [1, 0]]))) == ()
    assert obstacles(base, base, (texts([1, 2], [0.5, 1.5]), texts([2, 1], [1.5, 0.5]))) == ()


@given(st.lists(st.integers(0, 6), max_size=12), st.lists(st.integers(0, 6), max_size=12))
def test_texts_that_differ_are_counted_with_their_number(mine: list[int], theirs: list[int]) -> None:
    """As many as have no partner on the other side; the count is the same from both sides."""
    run = record("run")
    first, second = texts(mine, [0] * len(mine)), texts(theirs, [0] * len(theirs))
    lacking = max((Counter(mine) - Counter(theirs)).total(), (Counter(theirs) - Counter(mine)).total())
    most = max(len(mine), len(theirs))
    wanted = (f"{lacking} of {most} texts differ",) if lacking else ()
    assert obstacles(run, run, (first, second)) == obstacles(run, run, (second, first)) == wanted


def test_a_summary_without_a_number_has_its_last_step() -> None:
    """Where every value was NaN, the figure is NaN at the last step, and no one is best."""
    row = compare([record("a", metrics={"eval_f1": summary("eval_f1", None).maximum}), record("b", {"eval_f1": 0.5})])
    figure = row.metrics[0].figures[0]
    assert figure is not None
    assert math.isnan(figure.value)
    assert (figure.step, figure.difference, figure.best) == (76, None, False)
