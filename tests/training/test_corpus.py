"""From a source to the rows of a run: splits, rows that are left out, duplicates, labels of one split only."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from table_source import TableSource, section

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.data.corpus import Corpus, corpus_of
from bertft_tui.core.training.data.duplicates import first_with_text
from bertft_tui.core.training.data.labelled import rows_of
from bertft_tui.core.training.data.rows import Rows
from bertft_tui.core.training.task import Task

_CLASSES = "single_label_classification"


def _split(*rows: tuple[Any, ...], names: tuple[str, ...] = ("text", "label")) -> dict[str, list[Any]]:
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


_TRAIN = _split(("one bird", "a"), ("two birds", "b"), ("three birds", "a"), ("four birds", "b"))
_EVAL = _split(("five birds", "a"), ("six birds", "b"))


def _corpus(splits: dict[str, Any], class_names: Any = None, **settings: Any) -> Corpus:
    return corpus_of(TableSource(splits, class_names), section(**settings))


def _titles(corpus: Corpus) -> list[str]:
    return [note.title for note in corpus.notes]


def test_rows() -> None:
    """Rows are columns with their number in the split, which says where they stand."""
    corpus = _corpus({"train": _TRAIN, "test": _EVAL}, eval_split="test")
    assert corpus.task == Task(_CLASSES, ("a", "b"))
    assert corpus.train.table.column_names == ["text", "label", "row"]
    assert corpus.train.table.schema.types == [pa.large_string(), pa.int64(), pa.int64()]
    assert corpus.train.labels.tolist() == [0, 1, 0, 1]
    assert corpus.evaluation is not None
    assert corpus.eval_place(1) == corpus.evaluation.place_of(1) == "row 2 of test"
    assert (corpus.train_rows, corpus.eval_rows, corpus.notes) == (4, 2, ())
    assert corpus.why_task == "2 different labels"


def test_rows_to_take_from() -> None:
    """A smaller train_size takes from the whole split, but for the rows that are carved out of it."""
    named = _corpus({"train": _TRAIN, "test": _EVAL}, eval_split="test", train_size=2)
    carved = _corpus({"train": _TRAIN}, eval_size=1, train_size=2)
    assert [(each.train_rows, each.train_available) for each in (named, carved)] == [(2, 4), (2, 3)]


@pytest.mark.parametrize(
    ("settings", "title", "word"),
    [
        ({"train_split": "trian"}, "There is no such split", "'train', 'validation', 'test'"),
        ({"eval_split": "dev"}, "There is no such split", "data.eval_split"),
        ({"test_split": "tests"}, "There is no such split", "data.test_split"),
        ({"eval_split": "train"}, "One split cannot be two things", "data.train_split and data.eval_split"),
        ({"eval_split": "test", "test_split": "test"}, "One split cannot be two things", "data.test_split"),
        ({"test_split": "train"}, "One split cannot be two things", "data.test_split"),
        ({"train_split": "empty"}, "There are no rows", "split 'empty' of tables"),
        ({"eval_split": "empty"}, "There are no rows", "split 'empty' of tables"),
        ({"test_split": "empty"}, "There are no rows", "split 'empty' of tables"),
        ({"eval_split": "renamed"}, "There is no column 'text'", "'review'"),
        ({"test_split": "renamed"}, "There is no column 'text'", "'review'"),
        ({"eval_split": "numbers"}, "This column holds no texts", "int64"),
        ({"eval_split": "unseen"}, "Evaluation has labels that training never sees", "'c' (1)"),
    ],
)
def test_bad_splits(settings: dict[str, Any], title: str, word: str) -> None:
    """A split that is not there, is used twice, or does not fit is named."""
    splits = {
        "train": _TRAIN,
        "validation": _EVAL,
        "test": _EVAL,
        "empty": pa.table({"text": pa.array([], "string"), "label": pa.array([], "string")}),
        "renamed": _split(("five birds", "a"), names=("review", "label")),
        "numbers": _split((5, "a")),
        "unseen": _split(("six birds", "c"), ("five birds", "a")),
    }
    with pytest.raises(DataError) as caught:
        _corpus(splits, **settings)
    assert caught.value.problem.title == title
    assert word in caught.value.problem.message
    assert caught.value.problem.hint


def test_nearest_split() -> None:
    """The hint has the split that was perhaps meant."""
    with pytest.raises(DataError) as caught:
        _corpus({"train": _TRAIN, "validation": _EVAL}, eval_split="validaton")
    assert caught.value.problem.hint == "Did you mean 'validation'?"


@pytest.mark.parametrize("setting", ["train_split", "eval_split", "test_split"])
def test_split_without_labels(setting: str) -> None:
    """A split whose labels are all −1 is refused in every role, and those that have labels are named."""
    labelled = _split(("one bird", 0), ("two birds", 1), ("three birds", 0))
    unsupervised = _split(("some bird", -1), ("a bird", -1))
    with pytest.raises(DataError) as caught:
        _corpus(
            {"train": labelled, "test": labelled, "unsupervised": unsupervised},
            {"label": ("neg", "pos")},
            **{setting: "unsupervised"},
        )
    assert caught.value.problem.title == "Split 'unsupervised' has no labels"
    assert "there are labels in 'train', 'test'" in caught.value.problem.message


def test_test_split_without_label_column() -> None:
    """A test split that lacks the label column has no labels either; nothing else need be wrong with it."""
    with pytest.raises(DataError, match="Split 'test' has no labels: It has no column 'label'"):
        _corpus({"train": _TRAIN, "test": {"text": ["five birds"]}}, test_split="test")
    with pytest.raises(DataError, match="no split has any"):
        _corpus({"train": _split(("one bird", ""), ("two birds", None))})


def test_labels_of_one_split_only() -> None:
    """Labels that only the test split has, or only training, are told at once: `evaluate` could not score it."""
    splits = {"train": _TRAIN, "validation": _EVAL, "test": _split(("six birds", "c"), ("five birds", "a"))}
    corpus = _corpus(splits, eval_split="validation", test_split="test")
    (note,) = [note for note in corpus.notes if note.title == "The test split has labels that training never sees"]
    assert "'c' (1)" in note.message
    splits["test"] = _split(("five birds", "a"))
    corpus = _corpus(splits, eval_split="validation", test_split="test")
    assert "1 label not in test" in [note.title for note in corpus.notes]


def test_left_out() -> None:
    """Rows without text or label are left out, counted and named; an empty second text is only counted."""
    names = ("text", "more", "label")
    train = _split(
        ("one", "x", "a"), (" \n", "x", "b"), ("two", None, "b"), (None, "x", ""), ("s", "x", None), names=names
    )
    corpus = _corpus({"train": train}, text_column="text", text_pair_column="more")
    assert [(note.title, note.message) for note in corpus.notes] == [
        ("1 row without a second text", "Column 'more' of split 'train' of tables is empty there: row 3 of train."),
        (
            "3 rows left out",
            "2 rows without a text, 2 without a label, in split 'train' of tables: "
            "row 2 of train, row 4 of train, row 5 of train.",
        ),
    ]
    assert corpus.train.table.column("pair").to_pylist() == ["x", ""]
    assert corpus.train.table.column("row").to_pylist() == [0, 2]


def test_nothing_left() -> None:
    """Texts that are all empty, or labels that stand beside empty texts only, are an error."""
    with pytest.raises(DataError, match="All texts are empty"):
        _corpus({"train": _split(("", "a"), (" ", "b"))}, text_column="text")
    with pytest.raises(DataError, match="There are no rows"):
        _corpus({"train": _split(("", "a"), ("one", None))})


def test_letters_of_all_kinds() -> None:
    """Zero bytes and words that look like nothing are texts; bytes that are no UTF-8 are not."""
    texts = ["a\0b c", "NA", "null", "None", "nan"]
    corpus = _corpus({"train": {"text": texts, "label": ["a", "b", "a", "b", "a"]}})
    assert corpus.train.table.column("text").to_pylist() == texts
    broken = pa.array([b"good", b"\xff\xfe"], pa.binary()).view(pa.string())
    with pytest.raises(DataError, match="Some texts are not UTF-8"):
        _corpus({"train": pa.table({"text": broken, "label": ["a", "b"]})}, text_column="text")
    table = pa.table({"text": broken, "title": ["one bird", "two birds"], "label": ["a", "b"]})
    with pytest.raises(DataError, match="Some texts are not UTF-8: Column 'text'"):
        _corpus({"train": table})
    assert len(_corpus({"train": table}, text_column="title", label_column="label").train) == 2


def test_duplicates() -> None:
    """Before rows are carved, the first of each text stays; copies with another label are named with it."""
    train = _split(("one", "a"), ("two", "b"), ("one", "a"), ("two", "a"), ("one", "c"), ("six", "b"))
    corpus = _corpus({"train": train})
    assert corpus.train.table.column("row").to_pylist() == [0, 1, 5]
    assert corpus.task.labels == ("a", "b")  # `c` stood on a copy only
    assert corpus.notes[0] == Problem(
        "3 duplicates removed before the split",
        "3 of 6 texts stood there before, word for word; the first of each stays. "
        "2 copies had another label: row 4 of train (a), row 5 of train (c).",
    )


def test_duplicates_of_other_tasks() -> None:
    """Copies that contradict are named for several labels and for numbers too; a pair is a text of its own."""
    several = {"text": ["one", "two", "one", "two"], "label": [["a"], ["b"], ["a", "b"], []]}
    assert "row 3 of train (a + b), row 4 of train (none)" in _corpus({"train": several}).notes[0].message
    numbers = {"text": ["one", "two", "six", "one"], "label": [0.5, 1.25, 2.5, 0.75]}
    assert "row 4 of train (0.75)" in _corpus({"train": numbers}).notes[0].message
    pairs = {"text": ["one", "one", "one"], "more": ["x", "y", "x"], "label": ["a", "b", "a"]}
    corpus = _corpus({"train": pairs}, text_column="text", text_pair_column="more")
    assert corpus.train.table.column("row").to_pylist() == [0, 1]


def test_shared_texts() -> None:
    """Texts that stand in two splits are counted and named, for each two of training, evaluation and test."""
    source = TableSource(
        {
            "train": _TRAIN,
            "validation": _split(("two birds", "a"), ("five birds", "a"), ("two birds", "b")),
            "test": _split(("five birds", "b"), ("four birds", "b"), ("", "a")),
            "other": _split(("never read", "b")),
        }
    )
    told: list[str] = []
    corpus = corpus_of(source, section(eval_split="validation", test_split="test"), told.append)
    assert [(note.title, note.message) for note in corpus.notes] == [
        (
            "2 evaluation texts also in training",
            "2 of 3 evaluation texts stand in the training rows too, word for word: "
            "row 1 of validation, row 3 of validation.",
        ),
        (
            "1 test text also in training",
            "1 of 2 test texts stands in the training rows too, word for word: row 2 of test. "
            "Nothing else is asked of the test split now.",
        ),
        (
            "1 test text also in evaluation",
            "1 of 2 test texts stands in the evaluation rows too, word for word: row 1 of test. "
            "Nothing else is asked of the test split now.",
        ),
    ]
    assert source.read_splits == ["train", "validation", "test"]
    assert told


@examples(60)
@given(texts=st.lists(st.text("ab\0é", max_size=2), max_size=40), spread=st.integers(1, 4))
def test_same_texts(texts: list[str], spread: int) -> None:
    """The first row with the same text is found, however many texts share a hash."""
    table = pa.table({"text": pa.array(texts, pa.large_string())})
    hashes = np.array([len(text) % spread for text in texts], np.int64)
    assert first_with_text(table, hashes).tolist() == [texts.index(text) for text in texts]


def test_labels_of_one_split() -> None:
    """A label without evaluation rows is noted with its count; a declared one that training lacks is an error."""
    train = _split(("one", "a"), ("two", "b"), ("three", "c"), ("four", "c"))
    corpus = _corpus({"train": train, "test": _split(("five", "a"), ("six", "b"))}, eval_split="test")
    assert corpus.notes[0].title == "1 label not in evaluation"
    assert "'c' (2 rows)" in corpus.notes[0].message
    splits = {"train": _split(("one", 0), ("two", 1)), "test": _split(("five", 0), ("six", 2))}
    with pytest.raises(DataError, match=r"Evaluation has labels that training never sees: .*'z' \(1 row\)"):
        _corpus(splits, {"label": ("x", "y", "z")}, eval_split="test")


def test_balance_of_several() -> None:
    """Labels that no row has, or every row, are noted; none at all is an error."""
    names = ("text", "a", "b", "c")
    train = _split(("one", 1, 1, 0), ("two", 0, 1, 0), names=names)
    corpus = _corpus(
        {"train": train, "test": _split(("six", 1, 1, 1), names=names)}, eval_split="test", label_column="a,b,c"
    )
    assert _titles(corpus) == [
        "Some labels stand on no training row",
        "Some labels stand on every training row",
        "Some labels stand in evaluation only",
    ]
    with pytest.raises(DataError, match="No row has any label"):
        _corpus({"train": _split(("one", 0, 0, 0), ("two", 0, 0, 0), names=names)}, label_column="a,b,c")
    with pytest.raises(DataError, match="No row has any label"):
        _corpus({"train": {"text": ["one", "two"], "label": [[], []]}})


def test_one_value() -> None:
    """One class, or one number, is nothing to learn."""
    with pytest.raises(DataError, match="There is only one class"):
        _corpus({"train": _split(("one", "a"), ("two", "a"))})
    with pytest.raises(DataError, match="There is only one value"):
        _corpus({"train": _split(("one", "2.5"), ("two", "2.5"))}, problem_type="regression")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [("one", "a"), ("one", "b")],
            "1 training row, and no label but 'a'. 1 duplicate removed before the split: 1 of 2 texts stood there "
            "before, word for word; the first of each stays. 1 copy had another label: row 2 of train (b).",
        ),
        (
            [("one", "a"), ("two", "a"), ("three", ""), ("", "b")],
            "2 training rows, and no label but 'a'. 2 rows left out: 1 row without a text, 1 without a label, in "
            "split 'train' of tables: row 3 of train, row 4 of train.",
        ),
    ],
)
def test_an_error_says_what_was_noted(rows: list[tuple[str, str]], message: str) -> None:
    """What became of the other rows stands in the error about those that are left."""
    with pytest.raises(DataError, match="There is only one class") as caught:
        _corpus({"train": _split(*rows)})
    assert caught.value.problem.message == message


def test_stratified_numbers() -> None:
    """Numbers and several labels have no classes' shares to keep."""
    with pytest.raises(DataError, match="Only classes can be stratified"):
        _corpus({"train": {"text": ["one", "two", "six"], "label": [0.5, 1.5, 2.5]}}, stratify=True)


_TASK = Task(_CLASSES, ("a", "b"))


def _one(splits: dict[str, Any], split: str, task: Task = _TASK, **settings: Any) -> tuple[Rows, list[Problem]]:
    notes: list[Problem] = []
    return rows_of(TableSource(splits), section(**settings), split, task, notes), notes


def test_rows_of_a_split() -> None:
    """A split is read for a trained model: the columns as training chose them, the ids as it learnt them."""
    test = {"text": ["x", "y", ""], "label": ["b", "b", "a"], "title": ["longer than the text"] * 3}
    train = {"text": ["a long text of words", "b"] * 10, "label": ["a", "b"] * 10, "title": ["t u", "v w"] * 10}
    rows, notes = _one({"train": train, "test": test}, "test")
    assert rows.table.column("text").to_pylist() == ["x", "y"]
    assert rows.labels.tolist() == [1, 1]
    assert [note.title for note in notes] == ["1 row left out"]
    named, _ = _one({"test": test}, "test", text_column="title")
    assert len(named) == 3


def test_rows_of_a_split_refuses() -> None:
    """Labels that the model does not know are named with their count, and so is a split that is not there."""
    splits = {"test": _split(("one bird", "z"), ("two birds", "a"), ("three birds", "z"))}
    with pytest.raises(DataError) as caught:
        _one(splits, "test")
    assert caught.value.problem.title == "The model does not know some labels"
    assert "2 labels of split 'test' of tables: 'z' (2)" in caught.value.problem.message
    with pytest.raises(DataError, match="There is no such split"):
        _one(splits, "train")
    with pytest.raises(DataError, match="has no labels"):
        _one({"test": _split(("one bird", None), ("two birds", ""))}, "test")


def test_rows_of_a_split_for_other_tasks() -> None:
    """Numbers, lists and columns of 0 and 1 are read for models that learnt them."""
    numbers, _ = _one({"test": {"text": ["one", "two"], "score": [1, 2]}}, "test", Task("regression", ("x",)))
    assert numbers.labels.tolist() == [1.0, 2.0]
    several = Task("multi_label_classification", ("a", "b"))
    lists, _ = _one({"test": {"text": ["one", "two"], "labels": [["b"], []]}}, "test", several)
    assert lists.labels.tolist() == [[0, 1], [0, 0]]
    flags = {"text": ["one", "two"], "b": [1, 0], "a": [0, 1]}
    assert _one({"test": flags}, "test", several)[0].labels.tolist() == [[0, 1], [1, 0]]
