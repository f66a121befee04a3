"""Sources whose splits are read from files when they are asked for, each once."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import pyarrow as pa

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.data.raw import RawSplit
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.reading.csv_files import read_csv
from bertft_tui.core.training.reading.decoding import Decoder
from bertft_tui.core.training.reading.files import DataFile, Format


@dataclass
class LazySource:
    """A data set read by a function that takes a split's name and the list of notes to add to."""

    name: str
    split_names: tuple[str, ...]
    reader: Callable[[str, list[Problem]], RawSplit]
    notes: list[Problem] = field(default_factory=list)
    _splits: dict[str, RawSplit] = field(default_factory=dict)

    def read(self, split: str) -> RawSplit:
        """Read one split, once. Raises DataError."""
        if split not in self.split_names:
            shown = listed([repr(name) for name in self.split_names])
            raise DataError("There is no such split", f"{self.name} has no {split!r}, but {shown}.", "Name another.")
        if split not in self._splits:
            self._splits[split] = self.reader(split, self.notes)
        return self._splits[split]


def files_source(name: str, splits: Mapping[str, Sequence[DataFile]], encoding: str | None) -> LazySource:
    """Make a source of files that are sorted into splits."""

    def read(split: str, notes: list[Problem]) -> RawSplit:
        return _read_files(splits[split], Decoder(encoding), notes)

    return LazySource(name, tuple(splits), read)


_READERS: dict[Format, Callable[[DataFile, Decoder, list[Problem]], pa.Table]] = {"csv": read_csv, "tsv": read_csv}


def _read_files(files: Sequence[DataFile], decoder: Decoder, notes: list[Problem]) -> RawSplit:
    tables = [_READERS[file.format](file, decoder, notes) for file in files]
    notes += decoder.notes()
    for file, table in zip(files, tables, strict=True):
        _check_columns(files[0], tables[0], file, table)
    columns = tables[0].column_names
    table = pa.concat_tables([table.select(columns) for table in tables])
    return RawSplit(table, _places([file.name for file in files], [table.num_rows for table in tables]))


def _check_columns(first: DataFile, expected: pa.Table, file: DataFile, table: pa.Table) -> None:
    for one, columns, other, others in ((first, expected, file, table), (file, table, first, expected)):
        missing = [name for name in columns.column_names if name not in others.column_names]
        if missing:
            raise DataError(
                "The files of a split have different columns",
                f"{other.where} has no column {listed([repr(name) for name in missing])}, which {one.name} has.",
                "Files that are read together need the same columns.",
            )


def _places(names: Sequence[str], rows: Sequence[int]) -> Callable[[int], str]:
    """Make the function that says where a row stands: `row 17 of train.csv`, counted from 1 in each file."""
    ends = list(accumulate(rows))

    def place(row: int) -> str:
        file = bisect_right(ends, row)
        return f"row {row - ends[file] + rows[file] + 1} of {names[file]}"

    return place
