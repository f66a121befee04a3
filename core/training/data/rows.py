"""The rows of a split that have a text and a label, as columns."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.data.cells import absent, kind_of, to_numpy
from bertft_tui.core.training.data.columns import Columns
from bertft_tui.core.training.data.label_encoding import Encoded
from bertft_tui.core.training.data.text_column import empty_texts
from bertft_tui.core.training.data.view import View
from bertft_tui.core.training.notes import count, first_of


@dataclass(frozen=True)
class Rows:
    """n rows: columns `text`, `pair` (when asked for), `label` (unless only texts were read) and `row`.

    `label` is an id (int64), a number (float64), or a fixed-size list of 0 and 1 (float32); `row` is the row's number
    in its split, from 0, which `place` turns into words.
    """

    table: pa.Table
    place: Callable[[int], str]
    where: str  # "split 'train' of reviews.csv"

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def labels(self) -> NDArray[np.generic]:
        """The labels: ids or numbers (n), or 0 and 1 (n, labels)."""
        return label_array(self.table.column("label"))

    def place_of(self, position: int) -> str:
        """Say where one of these rows stands."""
        return self.place(self.table.column("row")[position].as_py())

    def places(self, positions: NDArray[np.int64], limit: int = 8) -> str:
        """Say where the first few of these rows stand."""
        return first_of([self.place_of(position) for position in positions[:limit].tolist()], len(positions))

    def take(self, kept: NDArray[np.bool_]) -> "Rows":
        """Return the rows that are marked; all of them without a copy."""
        return self if kept.all() else Rows(self.table.filter(pa.array(kept)), self.place, self.where)

    def with_labels(self, labels: NDArray[np.generic]) -> "Rows":
        """Return the same rows with other labels."""
        position = self.table.column_names.index("label")
        return Rows(self.table.set_column(position, "label", _label_column(labels)), self.place, self.where)


def label_array(column: pa.ChunkedArray) -> NDArray[np.generic]:
    """Return a column of labels as one array: ids or numbers (n), or 0 and 1 (n, labels)."""
    if not pa.types.is_fixed_size_list(column.type):
        return to_numpy(column)
    whole = column.combine_chunks()  # rows that were drawn one by one are as many chunks
    return to_numpy(whole.flatten()).reshape(-1, column.type.list_size)


def read_texts(view: View, columns: Columns) -> Rows:
    """Return all rows that have a text, without labels. Raises DataError."""
    texts = text_cells(view, columns.text)
    table = {"text": texts, "row": pa.array(np.arange(len(texts)))}
    if columns.pair is not None:
        table["pair"] = text_cells(view, columns.pair).fill_null("")
    return Rows(pa.table(table), view.split.place, view.where).take(~absent(texts))


def read_rows(view: View, columns: Columns, encoded: Encoded, notes: list[Problem]) -> Rows:
    """Return the rows that have a text and a label; the others are counted and named. Raises DataError."""
    texts = text_cells(view, columns.text)
    empty = absent(texts)
    if empty.all():
        raise empty_texts(view, [columns.text])
    table = {"text": texts, "label": _label_column(encoded.values), "row": pa.array(np.arange(len(texts)))}
    if columns.pair is not None:
        pairs = text_cells(view, columns.pair)
        _note_empty_pairs(view, absent(pairs) & ~empty, columns.pair, notes)
        table["pair"] = pairs.fill_null("")
    rows = Rows(pa.table(table), view.split.place, view.where)
    kept = ~empty & encoded.present
    if not kept.any():
        raise DataError("There are no rows", f"No row of {view.where} has a text and a label.", "Check the columns.")
    if not kept.all():
        out = np.flatnonzero(~kept)
        both = f"{count(int(empty.sum()), 'row')} without a text, {int((~encoded.present).sum()):,} without a label"
        notes.append(Problem(f"{count(len(out), 'row')} left out", f"{both}, in {view.where}: {rows.places(out)}."))
    notes.extend(encoded.notes)
    return rows.take(kept)


def _label_column(values: NDArray[np.generic]) -> pa.Array:
    if values.ndim == 1:
        return pa.array(values)
    return pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), values.shape[1])


def text_cells(view: View, name: str) -> pa.ChunkedArray:
    """Return a column of texts in plain types. Raises DataError when there is none, or it holds something else."""
    column = view.column(name)
    if kind_of(column) != "text":
        raise DataError(
            "This column holds no texts",
            f"Column {name!r} of {view.where} holds {column.type}.",
            "Set data.text_column (or data.text_pair_column) to a column of texts.",
        )
    return column


def _note_empty_pairs(view: View, empty: NDArray[np.bool_], name: str, notes: list[Problem]) -> None:
    found = np.flatnonzero(empty)
    if len(found):
        places = first_of([view.split.place(int(row)) for row in found[:8]], len(found))
        message = f"Column {name!r} of {view.where} is empty there: {places}."
        notes.append(Problem(f"{count(len(found), 'row')} without a second text", message))
