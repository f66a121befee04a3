"""What labels ask a model to learn, and how they become ids, numbers, or rows of 0 and 1."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from table_source import section, view_of

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.data.balance import UNSEEN
from bertft_tui.core.training.data.columns import Columns
from bertft_tui.core.training.data.label_encoding import Encoded, encode
from bertft_tui.core.training.data.labels import in_order, read_words, whole_name
from bertft_tui.core.training.data.targets import CLASSES, NUMBER, SEVERAL, decide
from bertft_tui.core.training.task import Task

_COLUMNS = Columns("text", ("label",))


def _read(cells: Any, names: Mapping[str, tuple[str, ...]] | None = None, **settings: Any) -> tuple[Task, Encoded]:
    """Decide on the task of one label column, and encode it."""
    view = view_of({"label": cells}, names)
    task = decide(view, _COLUMNS, section(**settings)).task
    return task, encode(view, _COLUMNS, task, UNSEEN)


#: What a column holds → (its cells, what is learnt, the labels).
_TASKS: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "words": (["b", "a", "b"], CLASSES, ("a", "b")),
    "words with blanks around": (["good ", " bad", "good", "\u00a0bad\t"], CLASSES, ("bad", "good")),
    "words in two Unicode forms": (["caf\u00e9", "cafe\u0301", "tea"], CLASSES, ("café", "tea")),
    "words that look like nothing": (["NA", "null", "None", "nan"], CLASSES, ("NA", "None", "nan", "null")),
    "whole numbers": ([10, 9, -1, 9], CLASSES, ("-1", "9", "10")),
    "spelled whole numbers": (["10", "9", "9"], CLASSES, ("9", "10")),
    "whole numbers with a point": ([1.0, 0.0, -0.0, None], CLASSES, ("0", "1")),
    "spelled with a point": (["1.0", "0.0", "1", "2."], CLASSES, ("0", "1", "2")),
    "versions": (["1.0", "beta", "1.0"], CLASSES, ("1.0", "beta")),
    "numbers and a word": (["0", "1", *["0"] * 8, "?"], CLASSES, ("0", "1", "?")),
    "true and false": ([True, False], CLASSES, ("false", "true")),
    "spelled true and false": (["True", "False"], CLASSES, ("False", "True")),
    "a few real numbers": ([0.5, 1.0, 1.5] * 10, CLASSES, ("0.5", "1", "1.5")),
    "dictionaries": (pa.array(["b", "a"]).dictionary_encode(), CLASSES, ("a", "b")),
    "many real numbers": ([number / 7 for number in range(30)], NUMBER, ("label",)),
    "a few rows of real numbers": ([3.8, 2.6, 5.0, 0.25], NUMBER, ("label",)),
    "spelled real numbers": ([f"{number / 7:.3f}" for number in range(30)], NUMBER, ("label",)),
    "decimals": ([Decimal(number) / 8 for number in range(30)], NUMBER, ("label",)),
    "amounts": (list(range(51)), NUMBER, ("label",)),
    "many classes": (list(range(50)) * 2, CLASSES, tuple(map(str, range(50)))),
    "many classes with many rows": (list(range(60)) * 6, CLASSES, tuple(map(str, range(60)))),
    "lists of words": ([["b", "a"], [], ["b "]], SEVERAL, ("a", "b")),
    "lists of numbers": ([[10, 9], [9]], SEVERAL, ("9", "10")),
    "lists of flags": ([[0, 1, 1], [0, 0, 0]], SEVERAL, ("0", "1", "2")),
    "fixed lists": (pa.array([[0.0, 1.0], [1.0, 1.0]], pa.list_(pa.float32(), 2)), SEVERAL, ("0", "1")),
    "nothing": ([None, None], CLASSES, ()),
}


@pytest.mark.parametrize("name", _TASKS)
def test_task(name: str) -> None:
    """The task follows from the cells, and so do the labels and their order."""
    cells, problem_type, labels = _TASKS[name]
    task, _ = _read(cells)
    assert task == Task(problem_type, labels)  # type: ignore[arg-type]


#: What is wrong → (cells, declared classes, settings, title, a word of the message).
_BAD: dict[str, tuple[Any, Mapping[str, tuple[str, ...]], dict[str, Any], str, str]] = {
    "case": (
        ["Good", "good", "good", "bad"],
        {},
        {},
        "Some labels differ only in how they are written",
        "'Good' (1 row) and 'good' (2 rows)",
    ),
    "inner blanks": (
        ["not  spam", "not spam"],
        {},
        {},
        "Some labels differ only in how they are written",
        "'not spam'",
    ),
    "wide letters": (["ＡＢ", "AB"], {}, {}, "Some labels differ only in how they are written", "'AB'"),
    "zero-width blanks": (
        ["spam", "spam\u200b", "\ufeffspam"],
        {},
        {},
        "Some labels differ only in how they are written",
        "'spam\\u200b' (1 row)",
    ),
    "leading zeros": (["01", "1", "2"], {}, {}, "Some labels differ only in how they are written", "'01'"),
    "case in lists": ([["A"], ["a"]], {}, {}, "Some labels differ only in how they are written", "'A'"),
    "ten thousand labels": (
        [f"label {row // 3}" for row in range(30_000)],
        {},
        {},
        "This column hardly holds labels",
        "10,000",
    ),
    "a label for each row": (
        [f"label {row}" for row in range(300)],
        {},
        {},
        "This column hardly holds labels",
        "300",
    ),
    "a number asked of words": (
        ["1", "2", "good", "3"],
        {},
        {"problem_type": NUMBER},
        "A label is no number that can be learnt",
        "row 3 of train: column 'label' is 'good'",
    ),
    "a word among real numbers": (
        [*[f"{number / 7:.3f}" for number in range(30)], "n/a", "?"],
        {},
        {},
        "A label is no number that can be learnt",
        "'n/a', and 1 more",
    ),
    "infinite": (
        [*[number / 7 for number in range(30)], float("inf")],
        {},
        {},
        "A label is no number that can be learnt",
        "row 31 of train: column 'label' is 'inf'",
    ),
    "not a number": ([0.5, 0.25, float("nan")], {}, {}, "A label is no number that can be learnt", "'nan'"),
    "too large": (["0.5", "1e39"], {}, {"problem_type": NUMBER}, "A label is no number that can be learnt", "1e39"),
    "infinite in lists": (
        [[0.0, 1.0], [2.0, 1.0, 0.0], [2.0, float("inf")], [float("inf")]],
        {},
        {},
        "A label is no number that can be learnt",
        "row 3 of train: column 'label' is '[2.0, inf]', and 1 more are like it.",
    ),
    "infinite class": ([0.0, 1.0, float("inf")] * 3, {}, {}, "A label is no number that can be learnt", "'inf'"),
    "id beyond the classes": ([0, 1, 2], {"label": ("a", "b")}, {}, "A label has no name", "row 3 of train"),
    "id below the classes": ([0, -2], {"label": ("a", "b")}, {}, "A label has no name", "row 2 of train"),
    "id in a list": ([[0], [1, 7]], {"label": ("a", "b")}, {}, "A label has no name", "row 2 of train"),
    "a number asked of classes": (
        [0, 1],
        {"label": ("a", "b")},
        {"problem_type": NUMBER},
        "The labels are of another kind",
        "'a'",
    ),
    "several asked of classes": (
        [0, 1],
        {"label": ("a", "b")},
        {"problem_type": SEVERAL},
        "The labels are of another kind",
        "declared",
    ),
    "several asked of words": (["a", "b"], {}, {"problem_type": SEVERAL}, "These are not several labels", "'label'"),
    "one asked of lists": ([["a"], ["b"]], {}, {"problem_type": CLASSES}, "The labels are of another kind", "lists"),
    "numbers with commas": (
        ["1,0", "1,5", "2,0", "2,5", "3,0"] * 8,
        {},
        {},
        "These labels are numbers that cannot be read",
        "'1,0', '1,5'",
    ),
    "emoji with and without colour": (
        ["❤", "❤\ufe0f", "😡"],
        {},
        {},
        "Some labels differ only in how they are written",
        "'❤' (1 row)",
    ),
    "labels joined by bars": (
        ["a|b", "b|c", "a", "c|a", "b"] * 8,
        {},
        {},
        "These cells hold several labels each",
        "'a', 'b', 'c', with '|' between",
    ),
    "labels joined by commas": (
        ["plot, cast", "cast", "cast, plot, pace", "pace, plot", "plot"] * 8,
        {},
        {},
        "These cells hold several labels each",
        "'cast', 'pace', 'plot'",
    ),
    "lists as text": (["['a']", "['a', 'b']", "[]"], {}, {}, "These labels are lists, written as text", "['a']"),
    "structs": ([{"a": 1}], {}, {}, "These labels cannot be read", "struct"),
}


@pytest.mark.parametrize("name", _BAD)
def test_bad_labels(name: str) -> None:
    """Labels that cannot be learnt are named, with their place where one cell is to blame."""
    cells, names, settings, title, word = _BAD[name]
    with pytest.raises(DataError) as caught:
        _read(cells, names, **settings)
    assert caught.value.problem.title == title
    assert word in caught.value.problem.message
    assert caught.value.problem.hint


def test_asked_for() -> None:
    """The config's word decides where the cells allow more than one task."""
    assert _read([0.5, 1.25, 2.0], problem_type=CLASSES)[0] == Task(CLASSES, ("0.5", "1.25", "2"))
    assert _read(["1", "2", "1"], problem_type=NUMBER)[0] == Task(NUMBER, ("label",))
    assert _read([True, False], problem_type=NUMBER)[1].values.tolist() == [1.0, 0.0]
    assert _read([1, 0], problem_type=SEVERAL)[0] == Task(SEVERAL, ("label",))
    many = [f"label {row}" for row in range(2_000)]
    assert _read(many, problem_type=CLASSES)[0].num_labels == 2_000


def test_declared_classes() -> None:
    """Declared classes keep their ids and their spelling; −1 and null are no label."""
    task, encoded = _read([1, 0, -1, None], {"label": ("Pos", "pos", "never")})
    assert task == Task(CLASSES, ("Pos", "pos", "never"))
    assert encoded.values.tolist()[:2] == [1, 0]
    assert encoded.present.tolist() == [True, True, False, False]


def test_lists_become_rows() -> None:
    """A list becomes a row of 0 and 1; an empty one has no label, a null is left out, odd entries are counted."""
    task, encoded = _read([["b", "a", "b"], [], None, ["a", "", None]])
    assert task.labels == ("a", "b")
    assert encoded.values[[0, 1, 3]].tolist() == [[1, 1], [0, 0], [1, 0]]
    assert encoded.present.tolist() == [True, True, False, True]
    assert [note.title for note in encoded.notes] == [
        "Some lists of labels have empty entries",
        "Some rows name a label twice",
    ]
    hot = _read([[0, 1, 1], None, [0, 0, 0]])[1]
    assert hot.values[[0, 2]].tolist() == [[0, 1, 1], [0, 0, 0]]


def test_flag_columns() -> None:
    """Columns of 0 and 1, however they are written, become one row each; −1 and nothing leave the row out."""
    columns = Columns("text", ("a", "b", "c"))
    cells = {"a": ["1", "0", "-1", "true"], "b": [1.0, 0.0, 1.0, None], "c": [True, False, True, True]}
    view = view_of(cells)
    task = decide(view, columns, section()).task
    encoded = encode(view, columns, task, UNSEEN)
    assert task == Task(SEVERAL, ("a", "b", "c"))
    assert encoded.values[:2].tolist() == [[1, 1, 1], [0, 0, 0]]
    assert encoded.present.tolist() == [True, True, False, False]
    with pytest.raises(DataError, match="row 2 of train: column 'b' is '2'"):
        encode(view_of(cells | {"b": [1, 2, 0, 0]}), columns, task, UNSEEN)
    with pytest.raises(DataError, match="There is no column 'c'"):
        encode(view_of({"a": [1], "b": [0]}), columns, task, UNSEEN)
    with pytest.raises(DataError, match="The labels are of another kind"):
        decide(view, columns, section(problem_type=NUMBER))


def test_other_splits() -> None:
    """A split is read for a task that is known: by names, whatever the ids, and unknown labels are counted."""
    task = Task(CLASSES, ("1", "2", "good"))
    assert encode(view_of({"label": [2.0, 1.0]}), _COLUMNS, task, UNSEEN).values.tolist() == [1, 0]
    swapped = view_of({"label": [0, 1]}, {"label": ("good", "1")})
    assert encode(swapped, _COLUMNS, task, UNSEEN).values.tolist() == [2, 0]
    with pytest.raises(DataError) as caught:
        encode(view_of({"label": ["good", "Good", "bad", "bad"]}), _COLUMNS, task, UNSEEN)
    assert caught.value.problem.message == "3 labels of split 'train' of tables: 'bad' (2), 'Good' (1)."
    several = Task(SEVERAL, ("0", "1"))
    for other in (task, several):
        with pytest.raises(DataError, match="The labels are of another kind"):
            encode(view_of({"label": ["good"] if other is several else [["good"]]}), _COLUMNS, other, UNSEEN)
    with pytest.raises(DataError, match="The labels are of another kind"):
        encode(view_of({"label": [["good"]]}), _COLUMNS, Task(NUMBER, ("label",)), UNSEEN)


#: Without the separators of old tapes, which Python calls blanks and Arrow does not.
_LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x1c\x1d\x1e\x1f")


@examples(60)
@given(cells=st.lists(st.one_of(st.none(), st.text(_LETTERS, max_size=4), st.integers(-9, 9).map(str)), min_size=1))
def test_round_trip(cells: list[str | None]) -> None:
    """Every label is found again by its id, but for blanks, Unicode form and the point of whole numbers."""
    column = pa.chunked_array([pa.array(cells, pa.large_string())])
    words = read_words(column)
    labels = in_order(words.names)
    assert len(set(labels)) == len(labels)
    assert words.counts().sum() == (words.codes >= 0).sum()
    again = read_words(
        pa.chunked_array([pa.array([words.names[code] for code in words.codes if code >= 0], "large_string")])
    )
    assert set(again.names) == set(words.names)
    for cell, code in zip(cells, words.codes, strict=True):
        assert (cell is None or not cell.strip()) == (code < 0)


@examples(60)
@given(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1, max_size=80))
def test_numbers_stay(values: list[float]) -> None:
    """Whatever real numbers are asked for stay as they are, spelled or typed."""
    _, typed = _read(values, problem_type=NUMBER)
    _, spelled = _read([repr(value) for value in values], problem_type=NUMBER)
    assert np.array_equal(typed.values, np.array(values))
    assert np.array_equal(spelled.values, np.array(values))


def test_whole_names() -> None:
    """Only a point with nothing but zeros behind it goes."""
    assert [whole_name(name) for name in ("1.0", "-2.", "007", "1.5", "v1.0", "+3.00")] == [
        "1",
        "-2",
        "007",
        "1.5",
        "v1.0",
        "+3",
    ]
