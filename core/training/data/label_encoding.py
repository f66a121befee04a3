"""Labels as a task's head learns them: ids, numbers, or a row of 0 and 1."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.data.cells import flags, kind_of, numbers
from bertft_tui.core.training.data.columns import Columns
from bertft_tui.core.training.data.labels import Words, read_ids, read_words, whole_name
from bertft_tui.core.training.data.lists import hot_length, read_lists
from bertft_tui.core.training.data.view import View
from bertft_tui.core.training.notes import count, listed
from bertft_tui.core.training.task import Task

_NO_NUMBER = ("no number that can be learnt", "Correct it, or leave the cell empty.")
_FLOAT32 = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Encoded:
    """The labels of n rows, and which rows have one.

    Values: ids (n) as int64, numbers (n) as float64, or 0 and 1 (n, labels) as float32.
    """

    values: NDArray[np.generic]
    present: NDArray[np.bool_]
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """What to say about labels that the task does not know."""

    title: str
    hint: str


def encode(view: View, columns: Columns, task: Task, refusal: Refusal) -> Encoded:
    """Read the labels of a split for a task. Raises DataError for the first cell that is no label of it."""
    name = columns.labels[0]
    if task.problem_type == "multi_label_classification":
        if name not in view.names or kind_of(view.column(name)) != "list":
            if name in view.names and name not in task.labels:
                raise _unreadable(view, name, view.column(name))
            return _flags(view, task.labels)  # a column each
        return _lists(view, name, view.column(name), task, refusal)
    cells = view.column(name)
    if task.problem_type == "regression":
        return _numbers(view, name, cells)
    ids = _known(view, _words(view, name, cells, np.arange(len(cells))), task, refusal)
    return Encoded(ids, ids >= 0)


def _numbers(view: View, name: str, cells: pa.ChunkedArray) -> Encoded:
    if kind_of(cells) in ("list", "other"):
        raise _unreadable(view, name, cells)
    read = numbers(cells)
    bad = read.words | (np.abs(read.values) > _FLOAT32)
    if bad.any():
        raise _bad_cell(view, name, bad, _NO_NUMBER)
    return Encoded(read.values, read.present)


def _words(view: View, name: str, cells: pa.ChunkedArray, rows: NDArray[np.int64]) -> Words:
    """Read labels; `rows`: the row of each cell."""
    declared = view.declared(name)
    if kind_of(cells) in ("list", "other"):
        raise _unreadable(view, name, cells)
    if kind_of(cells) == "real" and pc.any(pc.is_inf(cells)).as_py():
        endless = np.zeros(len(view.column(name)), bool)  # of the rows: there may be several cells in each
        endless[rows[numbers(cells).words]] = True
        raise _bad_cell(view, name, endless, _NO_NUMBER)
    if declared is None or kind_of(cells) != "whole":
        return read_words(cells)

    def bad(cell: int, number: int) -> DataError:
        return DataError(
            "A label has no name",
            f"{view.split.place(int(rows[cell]))}: {name!r} is {number}, but {len(declared)} classes are declared.",
            "Ids of declared classes start at 0; −1 means that there is no label.",
        )

    return read_ids(cells, declared, bad)


def _known(view: View, words: Words, task: Task, refusal: Refusal) -> NDArray[np.int64]:
    """Return the task's id of each cell's label; −1: none."""
    ids = {whole_name(label): number for number, label in enumerate(task.labels)}
    ids |= {label: number for number, label in enumerate(task.labels)}
    lookup = [ids.get(name, ids.get(whole_name(name), -1)) for name in words.names]
    sizes = words.counts().tolist()
    unknown = Counter(
        {name: sizes[code] for code, name in enumerate(words.names) if lookup[code] < 0 and sizes[code] > 0}
    )
    if unknown:
        shown = listed([f"{name!r} ({number:,})" for name, number in unknown.most_common()])
        raise DataError(refusal.title, f"{count(unknown.total(), 'label')} of {view.where}: {shown}.", refusal.hint)
    found: NDArray[np.int64] = np.array([*lookup, -1], np.int64)[words.codes]
    return found


def _lists(view: View, name: str, cells: pa.ChunkedArray, task: Task, refusal: Refusal) -> Encoded:
    lists = read_lists(cells)
    hot = np.zeros((len(cells), task.num_labels), np.float32)
    if view.declared(name) is None and 0 < hot_length(cells) == task.num_labels:
        hot[lists.present] = lists.entries.to_numpy().reshape(-1, task.num_labels)
        return Encoded(hot, lists.present)
    ids = _known(view, _words(view, name, lists.entries, lists.parents), task, refusal)
    entries = ids >= 0
    hot[lists.parents[entries], ids[entries]] = 1
    return Encoded(hot, lists.present, _odd_entries(view, len(ids), int(entries.sum()), int(np.count_nonzero(hot))))


def _odd_entries(view: View, entries: int, named: int, different: int) -> tuple[Problem, ...]:
    notes = []
    if named < entries:
        notes.append(Problem("Some lists of labels have empty entries", f"{entries - named:,} in {view.where}."))
    if different < named:
        message = f"{named - different:,} entries in {view.where} say again what their row says already."
        notes.append(Problem("Some rows name a label twice", message))
    return tuple(notes)


def _flags(view: View, labels: Sequence[str]) -> Encoded:
    columns = []
    for name in labels:
        read = flags(view.column(name))
        if read.words.any():
            hint = "One of several label columns holds 0 or 1."
            raise _bad_cell(view, name, read.words, ("neither 0 nor 1", hint))
        columns.append(read.values)
    values = np.stack(columns, axis=1)
    return Encoded(values.astype(np.float32), np.all(values >= 0, axis=1))


def _bad_cell(view: View, name: str, bad: NDArray[np.bool_], what: tuple[str, str]) -> DataError:
    """Name the first cell that is no label; `what` is said about it, and a hint."""
    first, number = int(bad.argmax()), int(bad.sum())
    more = f", and {number - 1:,} more are like it" if number > 1 else ""
    return DataError(
        f"A label is {what[0]}",
        f"{view.split.place(first)}: column {name!r} is {str(view.column(name)[first].as_py())[:60]!r}{more}.",
        f"{what[1]} If it is right, name another data.label_column or data.problem_type.",
    )


def _unreadable(view: View, name: str, cells: pa.ChunkedArray) -> DataError:
    return DataError(
        "The labels are of another kind",
        f"Column {name!r} of {view.where} holds {cells.type}, unlike the training rows.",
        "Make the columns of all splits alike.",
    )
