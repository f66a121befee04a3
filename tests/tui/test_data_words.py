"""A look at data in words: what a document of the helper becomes on a terminal."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from bertft_tui.core.sections import DataSection
from bertft_tui.tui.data_words import data_text

PROBLEM = {"title": "The file is empty", "message": "x.csv has no rows.", "hint": "Name a file with rows."}
UNREADABLE: dict[str, Any] = {
    "dataset": "x.csv",
    "problem": PROBLEM,
    "notes": [PROBLEM],
    "splits": [{"name": "train", "rows": None, "columns": []}],
}
UNKNOWN: dict[str, Any] = {
    "dataset": "x.csv",
    "problem": {"title": "There is no label column", "message": "None is named like one.", "hint": "Name it."},
    "notes": [],
    "splits": [{"name": "train", "rows": 3, "columns": [{"name": "a", "kind": "text", "example": "fine"}]}],
}
WHOLE: dict[str, Any] = {
    "dataset": "x.csv",
    "problem": None,
    "notes": [],
    "splits": [{"name": "train", "rows": 200, "columns": [], "labels": None}],
    "columns": {
        "text": {"column": "body", "why": "the only column of texts, 2,265 characters on average"},
        "label": {"column": "sentiment", "why": "it is named like one"},
    },
    "problem_type": "single_label_classification",
    "why_task": "2 different labels",
    "train_rows": 160,
    "eval_rows": 40,
    "lengths": None,
}


def lines_of(document: dict[str, Any], width: int = 80, *, with_problem: bool = True, **settings: Any) -> list[str]:
    """The lines that a terminal of some width shows."""
    drawn = StringIO()
    data = DataSection(**settings)
    Console(file=drawn, width=width).print(data_text(document, data, with_problem=with_problem))
    return [line.rstrip() for line in drawn.getvalue().splitlines()]


@pytest.mark.parametrize("with_problem", [True, False])
def test_what_is_wrong_is_said_once(with_problem: bool) -> None:
    """A split that cannot be read is the document's problem and a note; it is shown once, or left to the caller."""
    text = "\n".join(lines_of(UNREADABLE, with_problem=with_problem))
    assert text.count("The file is empty") == int(with_problem)
    assert "unreadable" in text


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "  160 rows to train on, 40 to evaluate"),
        ({"train_size": 100}, "  160 rows to train on, 40 to evaluate; the settings take train_size 100"),
        ({"train_size": 9, "eval_size": 8}, "40 to evaluate; the settings take train_size 9 and eval_size 8"),
    ],
)
def test_how_many_rows_train(settings: dict[str, Any], words: str) -> None:
    """The rows that train and evaluate are counted, and a setting that takes a part of them is named."""
    found = next(line for line in lines_of(WHOLE, 120, **settings) if "to train on" in line)
    assert found.endswith(words)


def test_sizes_that_do_not_fit_are_left_to_the_error() -> None:
    """A part that cannot be taken is not said to be."""
    text = "\n".join(lines_of({**WHOLE, "problem": PROBLEM}, train_size=1000))
    assert "160 rows to train on, 40 to evaluate\n" in text


def test_reasons_stand_under_each_other_and_long_lines_below_their_beginning() -> None:
    """At 40 columns nothing falls back to the first one."""
    assert "  text   body       the only column of texts, 2,265 characters on average" in lines_of(WHOLE)
    assert "  label  sentiment  it is named like one" in lines_of(WHOLE)
    narrow = lines_of(WHOLE, 40)
    first = narrow.index("  text   body       the only column of")
    assert narrow[first + 1] == "         texts, 2,265 characters on"


def test_columns_have_a_heading_where_none_was_chosen() -> None:
    """What the columns hold is shown under a heading of its own, before the error."""
    lines = lines_of(UNKNOWN)
    at = lines.index("Columns, each with its first value")
    assert lines[at + 1].split() == ["a", "text", "fine"]
    assert lines.index("There is no label column") > at
