"""A data set as its files hold it, before any column is chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from bertft_tui.core.errors import Problem


@dataclass(frozen=True)
class RawSplit:
    """One split with all its columns.

    Cells of csv and tsv files are strings as they stand there, an absent cell of a short row is null; json, parquet,
    saved and Hub data keep their types.
    """

    table: pa.Table
    place: Callable[[int], str]  # a row's number in the table → where it stands: "row 17 of train.csv"
    class_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of `ClassLabel` columns: id → name


class Source(Protocol):
    """A data set whose splits are read when they are asked for."""

    @property
    def name(self) -> str:
        """What people call it: the path or the Hub id."""

    @property
    def split_names(self) -> tuple[str, ...]:
        """Every split there is."""

    @property
    def notes(self) -> list[Problem]:
        """What a person should know about what has been read so far."""

    def read(self, split: str) -> RawSplit:
        """Read one split of `split_names`. Raises DataError."""
