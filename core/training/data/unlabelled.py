"""Splits that have texts and no labels, such as IMDB's `unsupervised`."""

import pyarrow.compute as pc

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.data.cells import absent, flags, kind_of
from bertft_tui.core.training.data.columns import Columns
from bertft_tui.core.training.data.view import View
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.sources.raw import Source


def has_labels(view: View, columns: Columns) -> bool:
    """Whether any row of a split has a label in the chosen columns."""
    if any(name not in view.names for name in columns.labels):
        return False
    if len(columns.labels) > 1:
        return all((flags(view.column(name)).values >= 0).any() for name in columns.labels)
    cells = view.column(columns.labels[0])
    if view.declared(columns.labels[0]) is not None and kind_of(cells) == "whole":
        return bool(pc.any(pc.greater_equal(cells, 0)).as_py())
    return not absent(cells).all()


def no_labels(source: Source, split: str, columns: Columns) -> DataError:
    """Say that a split has no labels, and which splits do: the others are read for that."""
    labels = [repr(name) for name in columns.labels]
    names = [name for name in source.split_names if name != split and _is_labelled(source, name, columns)]
    shown = f"there are labels in {listed([repr(name) for name in names])}" if names else "no split has any"
    there = source.read(split).table.column_names
    missing = [repr(name) for name in columns.labels if name not in there]
    what = f"It has no column {listed(missing)}" if missing else f"Every row of it is empty or −1 in {listed(labels)}"
    return DataError(
        f"Split {split!r} has no labels",
        f"{what}; {shown} ({source.name}).",
        "Name splits with labels in data.train_split, data.eval_split and data.test_split; `bertft-tui predict` "
        "classifies rows that have none.",
    )


def _is_labelled(source: Source, split: str, columns: Columns) -> bool:
    try:
        return has_labels(View(source.read(split), split, source.name), columns)
    except DataError:
        return False
