"""Python values into arrow arrays."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa


def text_array(values: Sequence[str | None]) -> Any:
    """Return strings as an arrow array; halves of surrogate pairs, which no file can hold, become question marks."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([None if value is None else _whole(value) for value in values], pa.string())


def _whole(value: str) -> str:
    return value.encode("utf-8", errors="replace").decode("utf-8")
