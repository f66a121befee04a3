"""What the labels ask a model to learn: one class, several labels, or a number.

The rule, where `data.problem_type` is `auto`: several columns, or a column of lists, are several labels. Declared
classes, words, true and false are classes. So are numbers, unless they are too many different ones: real numbers
with more than 20 different values, or with one for every fifth row; whole numbers with more than 50 different values
and one for every fifth row. Those are amounts, and the model learns the number.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bertft_tui.core.errors import DataError
from bertft_tui.core.metric_names import ProblemType
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.data.cells import Numbers, flags, flattened, kind_of, numbers, to_numpy
from bertft_tui.core.training.data.columns import Columns
from bertft_tui.core.training.data.label_doubts import refuse_doubtful, refuse_lists, refuse_many
from bertft_tui.core.training.data.labels import in_order, read_words, refuse_variants
from bertft_tui.core.training.data.lists import hot_length
from bertft_tui.core.training.data.view import View
from bertft_tui.core.training.task import Task

CLASSES: ProblemType = "single_label_classification"
SEVERAL: ProblemType = "multi_label_classification"
NUMBER: ProblemType = "regression"

#: So many different real numbers, and so many whole ones, are amounts ...
_REAL_VALUES = 20
_WHOLE_VALUES = 50

#: ... (whole ones only) when there are fewer rows to a value than this.
_ROWS_PER_VALUE = 5

#: A column whose other cells are numbers by this share holds numbers, and some that are spoilt.
_MOSTLY = 0.9

#: Words for a number that is not there; they say nothing against the others being numbers.
_NOTHING = ("nan", "na", "n/a", "null", "none", "?", "-")


@dataclass(frozen=True)
class Target:
    """What is learnt, and the sentence why."""

    task: Task
    why: str
    declared: bool = False  # the data set declares the labels: those that no row has are labels too


def decide(view: View, columns: Columns, data: DataSection) -> Target:
    """Say what the chosen columns ask for. Raises DataError, also when the config asks for what they cannot give."""
    wanted = data.problem_type
    if len(columns.labels) > 1:
        _refuse(wanted, (SEVERAL,), f"{len(columns.labels)} label columns are chosen")
        return Target(Task(SEVERAL, columns.labels), f"{len(columns.labels)} columns of 0 and 1, one label each")
    (name,) = columns.labels
    cells = view.column(name)
    kind = kind_of(cells)
    if kind == "other":
        raise DataError(
            "These labels cannot be read",
            f"Column {name!r} of {view.where} holds {cells.type}.",
            "Labels are words, whole or real numbers, true and false, or lists of words or whole numbers.",
        )
    if kind == "list":
        _refuse(wanted, (SEVERAL,), f"column {name!r} of {view.where} holds lists")
        return _several(view, name, cells, wanted)
    if wanted == SEVERAL and view.declared(name) is None:
        return _one_flag(view, name, cells)
    return _one_column(view, name, cells, wanted)


def _one_column(view: View, name: str, cells: pa.ChunkedArray, wanted: str) -> Target:
    declared = view.declared(name)
    if declared is not None:
        _refuse(wanted, (CLASSES,), f"column {name!r} of {view.where} has the declared classes {declared[0]!r}, …")
        return Target(Task(CLASSES, declared), f"{len(declared)} classes, declared by the data set", True)
    read = None if kind_of(cells) == "boolean" else numbers(cells)
    why = _amounts(read, cells) if read is not None and wanted == "auto" else ""
    if wanted == NUMBER or why:
        return Target(Task(NUMBER, (name,)), why or "data.problem_type asks for a number")
    words = read_words(cells)
    refuse_lists(words.names, name, view)
    if wanted == "auto":
        refuse_doubtful(words, name, view)
    refuse_variants(words, f"column {name!r} of {view.where}")
    return Target(Task(CLASSES, in_order(words.names)), f"{len(words.names)} different labels")


def _amounts(read: Numbers, cells: pa.ChunkedArray) -> str:
    """Return why the numbers are amounts; nothing when they are classes."""
    values = read.values[read.present]
    words = int(np.count_nonzero(read.words & ~_says_nothing(cells))) if kind_of(cells) == "text" else 0
    if len(values) == 0 or len(values) < _MOSTLY * (len(values) + words):
        return ""
    different = len(np.unique(values))
    crowded = different * _ROWS_PER_VALUE > len(values)
    whole = bool((values == np.floor(values)).all())
    if (crowded and different > _WHOLE_VALUES) if whole else (crowded or different > _REAL_VALUES):
        return f"{different:,} different {'whole' if whole else 'real'} numbers in {len(values):,} rows"
    return ""


def _says_nothing(cells: pa.ChunkedArray) -> NDArray[np.bool_]:
    lower = pc.utf8_lower(pc.utf8_trim_whitespace(cells))
    return to_numpy(pc.is_in(lower, pa.array(_NOTHING, pa.large_string()))).astype(np.bool_)


def _several(view: View, name: str, cells: pa.ChunkedArray, wanted: str) -> Target:
    declared = view.declared(name)
    length = hot_length(cells)
    if declared is not None:
        labels, why = declared, f"lists of {len(declared)} labels, declared by the data set"
    elif length:
        labels, why = tuple(map(str, range(length))), f"lists of {length} flags"
    else:
        words = read_words(flattened(cells))
        if not words.names and cells.null_count < len(cells):
            raise DataError(
                "No row has any label",
                f"All lists in column {name!r} of {view.where} are empty.",
                "Check data.label_column.",
            )
        if wanted == "auto":
            refuse_many(len(words.names), len(cells), name, view)
        refuse_variants(words, f"column {name!r} of {view.where}")
        labels, why = in_order(words.names), f"lists with {len(words.names)} different labels"
    return Target(Task(SEVERAL, labels), why, declared is not None)


def _one_flag(view: View, name: str, cells: pa.ChunkedArray) -> Target:
    if flags(cells).words.any():
        raise DataError(
            "These are not several labels",
            f"data.problem_type is {SEVERAL!r}, but each row of column {name!r} in {view.where} holds one label.",
            "Name several 0/1 columns in data.label_column, or a column of lists (json, parquet).",
        )
    return Target(Task(SEVERAL, (name,)), "data.problem_type asks for several labels, and there is one")


def _refuse(wanted: str, possible: tuple[str, ...], but: str) -> None:
    if wanted not in ("auto", *possible):
        raise DataError(
            "The labels are of another kind",
            f"data.problem_type is {wanted!r}, but {but}.",
            "Set data.problem_type = 'auto', or name another data.label_column.",
        )
