"""What a column looks like: how long its texts are, whether they are words, how few values it has."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bertft_tui.core.training.data.cells import absent, flags, flattened, kind_of, numbers

#: How many cells, evenly spread, tell whether a column's texts are numbers, dates or words.
_SAMPLE = 1_000

#: A column has few values when it has at most so many ...
FEW = 20

#: ... and each of them stands in so many rows, on average.
ROWS_PER_VALUE = 10

_DATE = r"^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?\s*$"
_WORDS = r"\S\s+\S|[^\x00-\x7F]"  # scripts without blanks are words too


@dataclass(frozen=True)
class TextProfile:
    """A column of strings that are neither numbers nor dates."""

    name: str
    length: float  # characters of a cell, on average over all rows
    words: bool  # most cells have blanks, or letters beyond ASCII: not ids, links or codes


def text_profile(name: str, column: pa.ChunkedArray) -> TextProfile | None:
    """Look at a plain column; None when it is no column of texts."""
    if kind_of(column) != "text" or not len(column):
        return None
    sample = _written(column)
    if len(sample) and (not numbers(sample).words.any() or _share(sample, _DATE) == 1):
        return None
    length = (pc.sum(pc.utf8_length(column)).as_py() or 0) / len(column)
    return TextProfile(name, length if len(sample) else 0.0, _share(sample, _WORDS) >= 0.5)


def _written(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a sample of the cells that hold something."""
    found = spread(column, _SAMPLE)
    found = found.filter(pa.array(~absent(found)))
    if len(found):
        return found
    return spread(column.filter(pa.array(~absent(column))), _SAMPLE)


def spread(column: pa.ChunkedArray, size: int) -> pa.ChunkedArray:
    """Return at most `size` cells of the column, evenly spread from the first to the last."""
    if len(column) <= size:
        return column
    places = np.linspace(0, len(column) - 1, size).astype(np.int64)
    return pa.chunked_array([pa.array([column[int(place)].as_py() for place in places], column.type)])


def _share(cells: pa.ChunkedArray, pattern: str) -> float:
    return (pc.sum(pc.match_substring_regex(cells, pattern)).as_py() or 0) / len(cells) if len(cells) else 0.0


def few_values(column: pa.ChunkedArray) -> int:
    """Return how many different values a plain column has when they are few, and 0 when they are not.

    Dates are none, and one value alone is not few. A column of lists is judged by what is in the lists.
    """
    rows = len(column)
    if kind_of(column) == "list":
        column = flattened(column)
    if kind_of(column) not in ("text", "whole", "real", "boolean"):
        return 0
    if _distinct(spread(column, _SAMPLE)) > FEW:
        return 0
    number = _distinct(column)
    return number if 2 <= number <= FEW and number * ROWS_PER_VALUE <= rows else 0


def _distinct(column: pa.ChunkedArray) -> int:
    values = column.filter(pa.array(~absent(column)))
    if kind_of(column) == "text":
        values = pc.utf8_trim_whitespace(values)
        if len(values) and _share(spread(values, _SAMPLE), _DATE) == 1:
            return 0
    return int(pc.count_distinct(values).as_py())


def flag_values(column: pa.ChunkedArray) -> frozenset[int]:
    """Return which of 0 and 1 a plain column holds when it holds nothing else, and nothing when it does."""
    for cells in (spread(column, _SAMPLE), column):
        read = flags(cells)
        if read.words.any() or (read.values[~absent(cells)] < 0).any():
            return frozenset()
    return frozenset(np.unique(read.values).tolist()) - {-1}
