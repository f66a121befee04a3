"""Sources whose splits are read from files when they are asked for, each once."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import PurePosixPath

import pyarrow as pa

from bertft_tui.core.data_files import Format
from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.reading.cell_limit import check_lengths
from bertft_tui.core.training.reading.csv_files import read_csv
from bertft_tui.core.training.reading.decoding import Decoder
from bertft_tui.core.training.reading.files import DataFile
from bertft_tui.core.training.reading.joining import joined
from bertft_tui.core.training.reading.json_files import read_json
from bertft_tui.core.training.reading.parquet_files import class_names_in, read_parquet
from bertft_tui.core.training.sources.raw import RawSplit


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
            try:
                raw = self.reader(split, self.notes)
            except OSError as error:  # what was there when the source was opened, and is no longer
                raise DataError(
                    "A file cannot be read", f"{error.filename}: {error.strerror or error}.", "Check the path."
                ) from None
            check_lengths(raw.table, raw.place)
            self._splits[split] = raw
        return self._splits[split]


def files_source(
    name: str, splits: Mapping[str, Sequence[DataFile]], encoding: str | None, notes: Sequence[Problem] = ()
) -> LazySource:
    """Make a source of files that are sorted into splits."""

    def read(split: str, notes: list[Problem]) -> RawSplit:
        return _read_files(splits[split], Decoder(encoding), notes)

    return LazySource(name, tuple(splits), read, [*notes])


_READERS: dict[Format, Callable[[DataFile, Decoder, list[Problem]], pa.Table]] = {
    "csv": read_csv,
    "tsv": read_csv,
    "json": read_json,
    "jsonl": read_json,
    "parquet": read_parquet,
}


#: Each column costs some work to look at, and texts with labels have few.
MOST_COLUMNS = 5_000


def _read_file(file: DataFile, decoder: Decoder, notes: list[Problem]) -> pa.Table:
    table = _READERS[file.format](file, decoder, notes)
    if table.num_columns > MOST_COLUMNS:
        raise DataError(
            "There are too many columns",
            f"{file.where} has {table.num_columns:,} columns; at most {MOST_COLUMNS:,} are looked at.",
            "Write a file with the texts and their labels alone; a table that lies on its side has to be turned.",
        )
    return table


def _read_files(files: Sequence[DataFile], decoder: Decoder, notes: list[Problem]) -> RawSplit:
    tables = [_read_file(file, decoder, notes) for file in files]
    notes += decoder.notes()
    if decoder.encoding and any(file.format == "parquet" for file in files):
        notes.append(encoding_unused(files[0].place))
    note_folders({str(PurePosixPath(file.name).parent) for file in files}, notes)
    table = joined(files, tables, notes)
    place = _places([file.place for file in files], [table.num_rows for table in tables])
    return RawSplit(table, place, _class_names(files, tables))


def _class_names(files: Sequence[DataFile], tables: Sequence[pa.Table]) -> dict[str, tuple[str, ...]]:
    """Return the class names that all files declare. Raises DataError where they differ: an id were two classes."""
    declared = [class_names_in(table.schema) for table in tables]
    for file, names in zip(files, declared, strict=True):
        for column in declared[0].keys() | names.keys():
            one, other = declared[0].get(column, ()), names.get(column, ())
            if one != other:
                raise DataError(
                    "The files of a split declare different classes",
                    f"Column {column!r} has {_shown(one)} in {files[0].place}, but {_shown(other)} in {file.place}.",
                    "Write the files with the same classes in the same order, or name one of them.",
                )
    return declared[0]


def _shown(classes: Sequence[str]) -> str:
    return listed([repr(name) for name in classes]) or "none"


def encoding_unused(where: str) -> Problem:
    """Make the note for data whose texts are in no encoding that could be named."""
    return Problem(
        "data.encoding is not used",
        f"{where} is no text file: its strings are UTF-8.",
        "Empty it: --set data.encoding= on the command line.",
    )


def note_folders(folders: Set[str], notes: list[Problem]) -> None:
    """Note that what lies in several folders is read as one split."""
    if len(folders) > 1:
        notes.append(Problem("Files of several folders are one split", f"They lie in {listed(sorted(folders))}."))


def _places(names: Sequence[str], rows: Sequence[int]) -> Callable[[int], str]:
    """Make the function that says where a row stands: `row 17 of train.csv`, counted from 1 in each file."""
    ends = list(accumulate(rows))

    def place(row: int) -> str:
        file = bisect_right(ends, row)
        return f"row {row - ends[file] + rows[file] + 1} of {names[file]}"

    return place
