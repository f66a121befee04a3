"""Drawing: the positions that `datasets` itself would draw, disjoint, of the right sizes, for every task."""

import time
from typing import Any

import numpy as np
import pytest
from datasets import ClassLabel, Dataset, Features, List, Value, concatenate_datasets
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from table_source import TableSource, section

from bertft_tui.core.errors import DataError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.data.corpus import corpus_of
from bertft_tui.core.training.data.dataset import Datasets, draw, labels_of


def _draw(splits: dict[str, Any], data: DataSection) -> Datasets:
    return draw(corpus_of(TableSource(splits), data), data)


def _classes(rows: int, classes: int = 3) -> dict[str, list[Any]]:
    return {"text": [f"text {row}" for row in range(rows)], "label": [f"l{row % classes}" for row in range(rows)]}


def _plain(rows: int, classes: int = 3) -> Dataset:
    columns = {"label": [row % classes for row in range(rows)], "row": list(range(rows))}
    names = [f"l{number}" for number in range(classes)]
    return Dataset.from_dict(columns, features=Features({"label": ClassLabel(names=names), "row": Value("int64")}))


@pytest.mark.parametrize("stratify", [False, True])
@pytest.mark.parametrize("seed", [0, 42])
def test_as_datasets_draws(stratify: bool, seed: int) -> None:
    """Rows are carved as `train_test_split` stratifies, and drawn as it or `shuffle` does, in their order."""
    data = section(eval_size=20, train_size=30, stratify=stratify, subset_seed=seed)
    drawn = _draw({"train": _classes(90)}, data)
    plain = _plain(90)
    parts = plain.train_test_split(test_size=20, seed=seed, stratify_by_column="label")
    assert list(drawn.evaluation["row"]) == sorted(parts["test"]["row"])
    rest = plain.select(sorted(parts["train"]["row"]))
    if stratify:
        expected = rest.train_test_split(train_size=30, seed=seed, stratify_by_column="label")["train"]
    else:
        expected = rest.shuffle(seed=seed).select(range(30))
    assert list(drawn.train["row"]) == list(expected["row"])


@examples(60)
@given(
    rows=st.integers(6, 60),
    evaluation=st.one_of(st.just("all"), st.integers(1, 60)),
    train=st.one_of(st.just("all"), st.integers(1, 60)),
    seed=st.integers(0, 5),
    stratify=st.booleans(),
)
def test_parts(rows: int, evaluation: Any, train: Any, seed: int, stratify: bool) -> None:
    """Whatever is asked for: two disjoint parts of the right sizes, the same for a seed, or a sentence."""
    data = section(eval_size=evaluation, train_size=train, subset_seed=seed, stratify=stratify)
    splits = {"train": _classes(rows)}
    try:
        drawn = _draw(splits, data)
    except DataError:
        return
    judged, learnt = list(drawn.evaluation["row"]), list(drawn.train["row"])
    assert not set(judged) & set(learnt)
    assert len(set(judged)) == len(judged) == (-(-rows // 5) if evaluation == "all" else evaluation)
    assert len(set(learnt)) == len(learnt) == (rows - len(judged) if train == "all" else train)
    assert list(drawn.train["text"]) == [f"text {row}" for row in learnt]
    assert [drawn.train.features["label"].int2str(label) for label in drawn.train["label"]] == [
        f"l{row % 3}" for row in learnt
    ]
    again = _draw(splits, data)
    assert (list(again.train["row"]), list(again.evaluation["row"])) == (learnt, judged)


def test_features() -> None:
    """A class is a ClassLabel, a number a float32, several labels a fixed list of float32; a pair is a text."""
    texts = {"text": [f"text {row}" for row in range(10)], "more": [f"more {row}" for row in range(10)]}
    settings = {"text_column": "text", "text_pair_column": "more"}
    several = _draw({"train": texts | {"labels": [["a"], ["b", "c"]] * 5}}, section(**settings))
    assert several.train.features["label"] == List(Value("float32"), length=3)
    assert several.train[0]["label"] == [1, 0, 0]
    assert several.train.features["pair"] == Value("large_string")
    number = _draw({"train": texts | {"score": [row / 7 for row in range(10)]}}, section(**settings))
    assert number.train.features["label"] == Value("float32")
    assert number.train[1]["label"] == pytest.approx(number.train[1]["row"] / 7)
    classes = _draw({"train": _classes(10)}, section())
    assert classes.train.features["label"] == ClassLabel(names=["l0", "l1", "l2"])


def test_row_numbers() -> None:
    """A row keeps its number in the split, whatever was left out or carved before it."""
    split = _classes(12)
    split["text"][3] = ""
    split["text"][4] = split["text"][0]
    drawn = _draw({"train": split}, section())
    assert sorted([*drawn.train["row"], *drawn.evaluation["row"]]) == [0, 1, 2, *range(5, 12)]
    assert all(row["text"] == f"text {row['row']}" for part in (drawn.train, drawn.evaluation) for row in part)


def test_only_row_of_a_class() -> None:
    """The only row of a class is trained on, and the other classes keep their shares."""
    labels = ["x"] * 270 + ["y"] * 30 + ["z"]
    split = {"text": [f"text {row}" for row in range(301)], "label": labels}
    for seed in range(5):
        drawn = _draw({"train": split}, section(eval_size=60, subset_seed=seed))
        assert np.bincount(drawn.evaluation["label"], minlength=3).tolist() == [54, 6, 0]
        assert np.bincount(drawn.train["label"], minlength=3).tolist() == [216, 24, 1]
    few = {"text": [f"text {row}" for row in range(5)], "label": list("abcde")}
    assert len(_draw({"train": few}, section()).evaluation) == 1


@pytest.mark.parametrize(("rarest", "works"), [(1, False), (30, False), (130, True)])
def test_stratify_is_advised_where_it_works(rarest: int, works: bool) -> None:
    """Where classes were not drawn the hint says data.stratify, unless that would not help."""
    labels = ["x"] * 200 + ["y"] * rarest
    split = {"text": [f"text {row}" for row in range(len(labels))], "label": labels}
    with pytest.raises(DataError, match="Only one class was drawn") as caught:
        _draw({"train": split}, section(train_size=2, eval_size=20))
    assert ("data.stratify" in caught.value.problem.hint) == works
    if works:
        assert len(_draw({"train": split}, section(train_size=2, eval_size=20, stratify=True)).train) == 2


def test_labels_that_were_not_drawn() -> None:
    """One number cannot be learnt; labels that no drawn row has are noted."""
    numbers = {"text": [f"text {row}" for row in range(20)], "label": [0.5] * 19 + [1.5]}
    with pytest.raises(DataError, match="Only one value was drawn"):
        _draw(
            {"train": numbers, "test": numbers}, section(eval_split="test", train_size=1, problem_type="regression")
        )
    several = {"text": [f"text {row}" for row in range(20)], "label": [["a"]] * 19 + [["b"]]}
    drawn = _draw({"train": several, "test": several}, section(eval_split="test", train_size=1, subset_seed=1))
    assert [note.title for note in drawn.notes] == ["Some labels are not among the training rows"]
    assert "'b'" in drawn.notes[0].message


@pytest.mark.parametrize(
    ("feature", "label"),
    [
        (ClassLabel(names=["a", "b"]), 1),
        (Value("float32"), 0.5),
        (List(Value("float32"), length=2), [0.0, 1.0]),
    ],
)
def test_labels_of_many_rows(feature: Any, label: Any) -> None:
    """The labels of every task come as one array, of a hundred thousand rows at once."""
    features = Features({"text": Value("large_string"), "label": feature})
    rows = Dataset.from_dict({"text": ["bread"] * 100, "label": [label] * 100}, features=features)
    many = concatenate_datasets([rows] * 1000)
    began = time.process_time()
    found = labels_of(many)
    assert time.process_time() - began < 1
    assert found.tolist() == [label] * 100_000
