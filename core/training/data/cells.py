"""The cells of a column, whatever Arrow type holds them: texts, numbers, flags, lists."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Kind = Literal["text", "whole", "real", "boolean", "list", "other"]

_TEXTS = (
    pa.types.is_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_null,
)

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_FLAGS = {"0": 0, "1": 1, "false": 0, "true": 1, "0.0": 0, "1.0": 1, "-1": -1, "-1.0": -1, "": -1}


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the column with texts as large_string, other numbers as int64 or float64, and no dictionary."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return plain(column.cast(kind.value_type))
    if any(is_text(kind) for is_text in _TEXTS):
        return _texts(column)
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64(), safe=False)
    if pa.types.is_uint64(kind):
        return column.cast(pa.float64(), safe=False) if _beyond_int64(column) else column.cast(pa.int64())
    return column


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return strings, bytes that are UTF-8, or nothing at all as texts; other bytes as they stand."""
    try:
        return column.cast(pa.large_string())
    except pa.ArrowInvalid:
        return column


def _beyond_int64(column: pa.ChunkedArray) -> bool:
    largest = pc.max(column).as_py()
    return largest is not None and largest > np.iinfo(np.int64).max


def flattened(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return what the lists of a column hold, one after the other, as a plain column."""
    return plain(pa.chunked_array([pc.list_flatten(chunk) for chunk in column.chunks], column.type.value_type))


def kind_of(column: pa.ChunkedArray) -> Kind:
    """Say what the cells of a plain column are."""
    kind = column.type
    if pa.types.is_large_string(kind):
        return "text"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "whole"
    if pa.types.is_floating(kind):
        return "real"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        inner = kind_of(plain(pa.chunked_array([], kind.value_type)))
        return "other" if inner in ("list", "other") else "list"
    return "other"


def absent(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Mark the cells of a plain column that hold nothing: null, or a text of blanks."""
    if kind_of(column) != "text":
        return to_numpy(pc.is_null(column, nan_is_null=True)).astype(np.bool_)
    blank = pc.or_(pc.utf8_is_space(column), pc.equal(pc.binary_length(column), 0))
    return to_numpy(pc.fill_null(blank, True)).astype(np.bool_)


def to_numpy(column: pa.ChunkedArray | pa.Array) -> NDArray[np.generic]:
    """Return a column without nulls as one array."""
    array: NDArray[np.generic] = column.to_numpy(zero_copy_only=False)
    return array


@dataclass(frozen=True)
class Numbers:
    """A column read as n numbers."""

    values: NDArray[np.float64]  # NaN where there is no finite number
    words: NDArray[np.bool_]  # something stands there, but no finite number

    @property
    def present(self) -> NDArray[np.bool_]:
        """Where there is a finite number."""
        return ~np.isnan(self.values)


def numbers(column: pa.ChunkedArray) -> Numbers:
    """Read the cells of a plain column as numbers: typed ones, or texts that spell one."""
    if kind_of(column) == "text":
        column = pc.utf8_trim_whitespace(column)
        spelled = pc.if_else(pc.match_substring_regex(column, _NUMBER), column, None)
        there = ~absent(column)
    else:
        spelled = column
        there = to_numpy(pc.is_valid(column)).astype(np.bool_)
    values = to_numpy(pc.fill_null(spelled.cast(pa.float64(), safe=False), np.nan)).astype(np.float64)
    values[~np.isfinite(values)] = np.nan
    return Numbers(values, there & np.isnan(values))


@dataclass(frozen=True)
class Flags:
    """A column read as n flags."""

    values: NDArray[np.int8]  # 1, 0, or −1 where there is none
    words: NDArray[np.bool_]  # something else stands there


def flags(column: pa.ChunkedArray) -> Flags:
    """Read the cells of a plain column as 0 or 1: booleans, numbers or texts; −1 and nothing are none."""
    kind = kind_of(column)
    if kind not in ("text", "whole", "real", "boolean"):
        return Flags(np.full(len(column), -1, np.int8), np.ones(len(column), np.bool_))
    if kind == "boolean":
        return Flags(to_numpy(pc.fill_null(column.cast(pa.int8()), -1)).astype(np.int8), _none(column))
    if kind == "text":
        return _spelled_flags(pc.utf8_lower(pc.utf8_trim_whitespace(column)))
    values = to_numpy(pc.fill_null(column.cast(pa.float64(), safe=False), -1)).astype(np.float64)
    values[np.isnan(values)] = -1
    words = ~np.isin(values, (-1, 0, 1))
    return Flags(np.where(words, -1, values).astype(np.int8), words)


def _spelled_flags(column: pa.ChunkedArray) -> Flags:
    encoded = column.dictionary_encode().combine_chunks()
    known = np.array([_FLAGS.get(value, -2) for value in encoded.dictionary.to_pylist()] + [-1], np.int8)
    values = known[to_numpy(encoded.indices.fill_null(-1))]
    return Flags(np.maximum(values, -1), values == -2)


def _none(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    return np.zeros(len(column), np.bool_)
