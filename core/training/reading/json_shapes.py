"""What a json document that is no list of rows may be, and a sentence for what it is when it cannot be read."""

from typing import Any

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.column_names import repeated
from bertft_tui.core.training.notes import listed

Rows = list[dict[str, Any]]

#: What a frame consists of whose names stand apart from its rows.
_SPLIT_FRAME = frozenset({"columns", "index", "data"})

_HINT = 'Write an array of objects, for example [{"text": "…", "label": "…"}], or one object in each line.'


def columns_of(value: Any, where: str) -> Rows | dict[str, list[Any]]:
    """Return the rows or the columns that a document holds. Raises DataError when it holds neither."""
    if isinstance(value, dict):
        return _of_object(value, where)
    if isinstance(value, list):
        return _of_array(value, where)
    raise DataError("This file does not hold rows", f"{where} is {kind(value)}, not an array of objects.", _HINT)


def _of_array(value: list[Any], where: str) -> Rows:
    other = next((number for number, row in enumerate(value, start=1) if not isinstance(row, dict)), None)
    if other is None:
        return value
    raise DataError(
        "This file does not hold rows",
        f"Entry {other:,} of {where} is {kind(value[other - 1])}, not an object.",
        _HINT,
    )


def _of_object(value: dict[str, Any], where: str) -> Rows | dict[str, list[Any]]:
    tables = [key for key, rows in value.items() if _is_rows(rows)]
    if len(tables) == 1:
        rows: Rows = value[tables[0]]
        return rows
    if len(tables) > 1:
        shown = listed([repr(key) for key in tables])
        raise DataError(
            "Which rows are meant?",
            f"{where} holds several arrays of objects: {shown}.",
            "Write the array that is meant into a file of its own.",
        )
    if value and all(isinstance(part, dict) for part in value.values()):
        return _of_frame(value, where)
    if _is_split_frame(value):
        return {
            name: list(cells) for name, cells in zip(value["columns"], zip(*value["data"], strict=True), strict=True)
        }
    if value and all(isinstance(column, list) for column in value.values()):
        _check_lengths(value, where)
        return value
    raise _one_object(value, where)


def _of_frame(value: dict[str, dict[str, Any]], where: str) -> Rows | dict[str, list[Any]]:
    """Take numbered rows, or columns of numbered cells, as data frames are written."""
    if all(key.isdigit() for key in value):
        return [*value.values()]
    numbers = list(next(iter(value.values())))
    if (
        numbers
        and all(number.isdigit() for number in numbers)
        and all(list(column) == numbers for column in value.values())
    ):
        return {name: [*column.values()] for name, column in value.items()}
    raise _one_object(value, where)


def _is_split_frame(value: dict[str, Any]) -> bool:
    """Say whether names and rows stand apart, as pandas writes frames with orient="split"."""
    names, rows = value.get("columns"), value.get("data")
    if not isinstance(names, list) or not isinstance(rows, list) or not rows or value.keys() - _SPLIT_FRAME:
        return False
    are_names = all(isinstance(name, str) for name in names) and not repeated(names)
    return are_names and all(isinstance(row, list) and len(row) == len(names) for row in rows)


def _one_object(value: dict[str, Any], where: str) -> DataError:
    shown = listed([f"{key!r} ({kind(part)})" for key, part in value.items()], 4)
    return DataError(
        "This file does not hold rows",
        f"{where} is one object, with {shown}." if value else f"{where} is an empty object.",
        _HINT,
    )


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _check_lengths(columns: dict[str, list[Any]], where: str) -> None:
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        shown = listed([f"{name!r} {len(column):,}" for name, column in columns.items()])
        raise DataError(
            "The columns are not equally long", f"The columns of {where} have so many cells: {shown}.", _HINT
        )


def kind(value: Any) -> str:
    """Say what a json value is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"an array of {kind(value[0]).partition(' ')[2]}s" if value else "an empty array"
    return "a string" if isinstance(value, str) else "a number"
