"""Tables into files: csv, tsv, json lines and parquet, whole or not at all."""

import json
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from bertft_tui.core.errors import DataError
from bertft_tui.core.local_names import expanded, found, is_pattern
from bertft_tui.core.whole_file import whole_file

#: How a text begins that a spreadsheet takes for a formula, and what only looks like one.
_FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def check_output(path: Path, reads: str | None = None) -> None:
    """See that a table can be written there, before anybody works for it. Raises InputError.

    `reads`: the file, folder or pattern of files that it comes from; none of them is written over.
    """
    if path.suffix.lower() not in _WRITERS:
        raise DataError(
            "This kind of file cannot be written",
            f"{path} ends in {path.suffix or 'nothing'}.",
            f"The name may end in {', '.join(_WRITERS)}.",
        )
    if not path.parent.is_dir():
        raise DataError("The folder is not there", f"{path.parent} does not exist.", "Make it, or name another.")
    if path.is_dir():
        raise DataError("This is a folder", f"{path} is a folder, not a file.", "Name a file in it.")
    if reads is not None and path.exists() and _is_read(path.resolve(), reads):
        raise DataError("Input and output are the same file", f"{path} would be lost.", "Name another output.")


def _is_read(path: Path, reads: str) -> bool:
    if is_pattern(reads):
        return fnmatch(str(path), str(expanded(reads).absolute()))
    place = found(reads)
    return place is not None and (place.resolve() == path or place.resolve() in path.parents)


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table in the format that the file's name ends in. Raises DataError."""
    try:
        with whole_file(path, shared=True) as file:
            _WRITERS[path.suffix.lower()](table, file)
    except OSError as error:
        raise DataError(
            "The file cannot be written", f"{path}: {error.strerror or error}.", "Is there room, and the right to?"
        ) from None
    except (pa.ArrowException, UnicodeError) as error:
        raise DataError(
            f"{path.suffix} files cannot hold this data",
            f"{path}: {error}.",
            "Try another ending: .jsonl takes most.",
        ) from None


def _write_csv(table: pa.Table, file: BinaryIO, separator: str = ",") -> None:
    """Lists stand in a cell as JSON, and no text is a formula to a spreadsheet."""
    for position, column in enumerate(table.schema):
        cells = table.column(position)
        if pa.types.is_nested(column.type):
            cells = pa.array([json.dumps(cell, ensure_ascii=False, default=str) for cell in cells.to_pylist()])
        if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
            cells = _defused(cells)
        table = table.set_column(position, _defused(pa.array([column.name]))[0].as_py(), cells)
    csv.write_csv(table, file, csv.WriteOptions(delimiter=separator))


def _defused(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Put an apostrophe before texts that a spreadsheet would run; numbers stay numbers."""
    runs = pc.and_not(pc.match_substring_regex(texts, _FORMULA), pc.match_substring_regex(texts, _NUMBER))
    apostrophe = pa.scalar("'", texts.type)
    return pc.if_else(runs, pc.binary_join_element_wise(apostrophe, texts, pa.scalar("", texts.type)), texts)


def _write_jsonl(table: pa.Table, file: BinaryIO) -> None:
    for row in table.to_pylist():
        file.write((json.dumps(row, ensure_ascii=False, default=str) + "\n").encode())


_WRITERS: dict[str, Callable[[pa.Table, BinaryIO], Any]] = {
    ".csv": _write_csv,
    ".tsv": lambda table, file: _write_csv(table, file, "\t"),
    ".jsonl": _write_jsonl,
    ".parquet": pq.write_table,
}
