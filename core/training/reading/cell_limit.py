"""Cells that are too long to be texts."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from bertft_tui.core.errors import DataError

#: A cell of more characters is a mistake: in a csv file most likely a quote that was never closed.
LONGEST_CELL = 5_000_000


def check_lengths(table: pa.Table, place: Callable[[int], str]) -> None:
    """See that no string of a table is longer than any text. Raises DataError with the row and the column."""
    for name in table.column_names:
        column = table.column(name)
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            continue
        longest = pc.max(pc.binary_length(column)).as_py() or 0
        if longest <= LONGEST_CELL:
            continue
        lengths = pc.utf8_length(column)
        longest = pc.max(lengths).as_py()
        if longest > LONGEST_CELL:
            row = pc.index(lengths, longest).as_py()
            raise DataError(
                "A cell has no end",
                f"The cell of column {name!r} in {place(row)} has {longest:,} characters.",
                f"No text is longer than {LONGEST_CELL:,}: shorten it, or leave the row out.",
            )
