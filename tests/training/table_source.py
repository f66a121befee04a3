"""A source of hand-made tables, so that tests of the data room need no files."""

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from bertft_tui.core.errors import Problem
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.data.view import View
from bertft_tui.core.training.sources.raw import RawSplit


class TableSource:
    """Splits that lie in memory; remembers which were read."""

    def __init__(self, splits: Mapping[str, Any], class_names: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.name = "tables"
        self.notes: list[Problem] = []
        self.read_splits: list[str] = []
        self._splits = {name: as_table(columns) for name, columns in splits.items()}
        self._class_names = class_names or {}

    @property
    def split_names(self) -> tuple[str, ...]:
        """Every split there is."""
        return tuple(self._splits)

    def read(self, split: str) -> RawSplit:
        """Return a split; its rows are called `row 1 of SPLIT`, and so on."""
        self.read_splits.append(split)
        return RawSplit(self._splits[split], place_in(split), self._class_names)


def as_table(columns: Any) -> pa.Table:
    """Make a table of columns; a table stays what it is."""
    return columns if isinstance(columns, pa.Table) else pa.table(columns)


def place_in(split: str) -> Callable[[int], str]:
    """Make the function that says where a row stands."""
    return lambda row: f"row {row + 1} of {split}"


def view_of(columns: Any, class_names: Mapping[str, tuple[str, ...]] | None = None) -> View:
    """Make a view of one hand-made table, the split `train`."""
    return View(RawSplit(as_table(columns), place_in("train"), class_names or {}), "train", "tables")


def section(**settings: Any) -> DataSection:
    """Make a data section for a hand-made source."""
    return DataSection(dataset="tables", **settings)
