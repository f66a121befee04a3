"""Python values into arrow arrays that keep what the values are."""

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from bertft_tui.core.errors import Problem

_NOT_ONE_TYPE = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, UnicodeEncodeError)

_KINDS = {str: "strings", bool: "true and false", int: "numbers", float: "numbers", list: "lists", dict: "objects"}


def text_array(values: Sequence[str | None]) -> Any:
    """Return strings as an arrow array; halves of surrogate pairs, which no file can hold, become question marks."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([None if value is None else _whole(value) for value in values], pa.string())


def value_array(values: Sequence[Any], where: str, notes: list[Problem]) -> Any:
    """Return json values as an array of their type; values of several types become strings, which is noted.

    None when there are objects without a common shape: they are left out, which is noted.
    """
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {str} and kinds:
        return text_array(values)
    if len(kinds) <= 1 or kinds == {int, float}:
        try:
            return pa.array(values)
        except _NOT_ONE_TYPE:
            if kinds == {dict}:
                notes.append(Problem("Objects are left out", f"The objects in {where} have no common shape."))
                return None
    notes.append(_mixed(kinds, where))
    if kinds == {list}:
        return pa.array([None if value is None else [as_text(part) for part in value] for value in values])
    return text_array([as_text(value) for value in values])


def as_text(value: Any) -> str | None:
    """Write a json value as a string: a string as it is, null as None, all else as json has it."""
    if value is None or isinstance(value, str):
        return value if value is None else _whole(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _mixed(kinds: set[type], where: str) -> Problem:
    shown = " and ".join(sorted({_KINDS[kind] for kind in kinds}))
    if len(kinds) > 1 and kinds != {int, float}:
        return Problem("A column has values of several types", f"There are {shown} in {where}: read as strings.")
    return Problem("Values are read as strings", f"The {shown} in {where} fit no common type.")


def _whole(value: str) -> str:
    return value.encode("utf-8", errors="replace").decode("utf-8")
