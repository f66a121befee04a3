"""Json files into tables: objects line by line, an array of objects, or an object that holds one or whole columns.

Both kinds of file may hold either, whatever their names say. A key that an object lacks is null there, and so is NaN.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, TextIO

import pyarrow as pa

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.reading.arrays import value_array
from bertft_tui.core.training.reading.decoding import Decoder
from bertft_tui.core.training.reading.files import DataFile
from bertft_tui.core.training.reading.json_shapes import columns_of, kind

Columns = dict[str, list[Any]]

_MOST_COLUMNS = 2_000


def read_json(file: DataFile, decoder: Decoder, notes: list[Problem]) -> pa.Table:
    """Read one file. Raises DataError, with the line that is not json or not an object."""
    with decoder.open(file) as text:
        start = _first_lines(text)
        if not start:
            raise DataError("The file is empty", f"{file.where} has no rows.", "Name a file with rows.")
        lines = chain(start, text)
        columns = _rows(_objects(lines, file), file) if _has_lines(start, file) else _whole("".join(lines), file)
    if not any(columns.values()):
        raise DataError("The file has no rows", f"{file.where} holds no objects with values.", "Add rows.")
    arrays = {name: value_array(values, f"column {name!r} of {file.name}", notes) for name, values in columns.items()}
    return pa.table({name: array for name, array in arrays.items() if array is not None})


def _first_lines(text: TextIO) -> list[str]:
    """Return the lines up to the second that is not blank."""
    lines: list[str] = []
    for line in text:
        lines.append(line)
        if sum(1 for line in lines if line.strip()) == 2:
            break
    return lines if any(line.strip() for line in lines) else []


def _has_lines(start: list[str], file: DataFile) -> bool:
    """Say whether a file holds an object in each line."""
    first, *more = [line.strip() for line in start if line.strip()]
    if file.format == "jsonl":
        return first != "{" and not first.startswith("[")
    return first.startswith("{") and first.endswith("}") and bool(more) and more[0].startswith("{")


def _objects(lines: Iterator[str], file: DataFile) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            row = _parse(line.rstrip(), file, number)  # an end that is missing is missed on its own line
            if not isinstance(row, dict):
                raise DataError(
                    "This file does not hold rows",
                    f"Line {number:,} of {file.where} is {kind(row)}, not an object.",
                    'Each line must be an object, for example {"text": "…", "label": "…"}.',
                )
            yield row


def _rows(rows: Iterable[dict[str, Any]], file: DataFile) -> Columns:
    columns: Columns = {}
    for number, row in enumerate(rows):
        for name in row:
            if name not in columns:
                columns[name] = [None] * number
        if len(columns) > _MOST_COLUMNS:
            raise DataError(
                "The rows have no keys in common",
                f"The first {number + 1:,} objects of {file.where} have more than {_MOST_COLUMNS:,} different keys.",
                "Each key is a column: write the same few into every object.",
            )
        for name, values in columns.items():
            values.append(row.get(name))
    return columns


def _whole(content: str, file: DataFile) -> Columns:
    value = _parse(content, file, 1)
    found = columns_of(value, file.where)
    return _rows(found, file) if isinstance(found, list) else found


def _parse(content: str, file: DataFile, line: int) -> Any:
    try:
        return _DECODER.decode(content)
    except json.JSONDecodeError as error:
        reason = "another value follows" if error.msg == "Extra data" else error.msg
        line += error.lineno - 1
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError as error:  # a number of thousands of digits
        reason = str(error).partition(";")[0]
    raise DataError(
        "This is not well-formed json",
        f"Line {line:,} of {file.where}: {reason[:1].lower() + reason[1:]}.",
        "An array of objects, or an object in each line, can be read.",
    )


def _constant(name: str) -> float | None:
    return None if name == "NaN" else float(name)


_DECODER = json.JSONDecoder(parse_constant=_constant)
