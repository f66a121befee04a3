"""The tables of several files into one: the same columns in each, and one type for each column."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.reading.arrays import as_text, text_array
from bertft_tui.core.training.reading.files import DataFile


def joined(files: Sequence[DataFile], tables: Sequence[pa.Table], notes: list[Problem]) -> pa.Table:
    """Put the files' tables one below the other, in the order of the first one's columns.

    Numbers widen where they must; a column that is of several types otherwise becomes strings, which is noted.
    Raises DataError when a file lacks a column that another one has.
    """
    for file, table in zip(files, tables, strict=True):
        _check_columns(files[0], tables[0], file, table)
        _check_columns(file, table, files[0], tables[0])
    columns = {name: [table.column(name) for table in tables] for name in tables[0].column_names}
    return pa.table({name: _column(name, parts, notes) for name, parts in columns.items()})


def _check_columns(one: DataFile, columns: pa.Table, other: DataFile, others: pa.Table) -> None:
    there = set(others.column_names)
    missing = [repr(name) for name in columns.column_names if name not in there]
    if missing:
        raise DataError(
            "The files of a split have different columns",
            f"{other.where} has no column {listed(missing)}, which {one.place} has.",
            "Files that are read together need the same columns.",
        )


def _column(name: str, parts: Sequence[Any], notes: list[Problem]) -> Any:
    plain = [without_dictionary(part) for part in parts]
    try:
        schemas = [pa.schema([(name, part.type)]) for part in plain]
        wanted = pa.unify_schemas(schemas, promote_options="permissive").field(0).type
        wanted = pa.string() if pa.types.is_null(wanted) else wanted
        chunks = [chunk for part in plain for chunk in part.cast(wanted).chunks]
        whole = pa.chunked_array(chunks, wanted)
        whole.validate()  # a cast of lists of objects without values may break them
    except pa.ArrowException:
        notes.append(Problem("A column has values of several types", f"The files' {name!r} differ: read as strings."))
        return pa.chunked_array([text_array([as_text(value) for value in part.to_pylist()]) for part in plain])
    return whole


def plain_table(table: pa.Table) -> pa.Table:
    """Return a table with plain columns: no dictionaries, no views, nulls as strings."""
    return pa.table({name: _column(name, [table.column(name)], []) for name in table.column_names})


def without_dictionary(column: Any) -> Any:
    """Return a column as the values that its dictionary or views stand for."""
    if pa.types.is_dictionary(column.type):
        return without_dictionary(column.cast(column.type.value_type))
    if pa.types.is_string_view(column.type):
        return column.cast(pa.string())
    return column
