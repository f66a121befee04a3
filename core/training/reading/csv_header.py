"""The first line of a csv file: what divides its cells, the columns' names, and whether it is one at all."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.reading.files import DataFile

_DELIMITERS = ",;\t|"
_ROWS = 50

#: A longer first cell is a text, not a name.
_LONGEST_NAME = 200


def find_delimiter(sample: str, file: DataFile) -> str:
    """Return the delimiter that divides the header and the rows below it alike; in doubt the first of four."""
    if file.format == "tsv" and "\t" in sample.partition("\n")[0]:
        return "\t"
    return max(_DELIMITERS, key=lambda delimiter: _fitness(sample, delimiter))


def _fitness(sample: str, delimiter: str) -> tuple[float, int]:
    """How well a delimiter fits: the share of rows as wide as the header, and that width; nothing at width 1."""
    widths = _widths(sample, delimiter)
    if not widths or widths[0] < 2:
        return 0.0, 0
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]


def _widths(sample: str, delimiter: str) -> list[int]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, strict=True)
    widths = []
    try:
        for row in islice((row for row in reader if row), _ROWS):
            widths.append(len(row))
    except csv.Error:  # a quote that this delimiter does not close, or the end of the sample
        pass
    return widths


def column_names(header: Sequence[str], file: DataFile) -> list[str]:
    """Return the names without blanks around them, an empty one by its number. Raises DataError."""
    if not any(cell.strip() for cell in header):
        raise DataError(
            "The first line does not name the columns",
            f"The first line of {file.where} is blank.",
            "Put a line with the columns' names on top, for example: text,label.",
        )
    names = [cell.strip() or f"column {number}" for number, cell in enumerate(header, start=1)]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise DataError(
            "Two columns have the same name",
            f"{file.where} names {listed([repr(name) for name in twice])} more than once.",
            "Give each column a name of its own in the first line.",
        )
    return names


def check_header(names: Sequence[str], rows: Sequence[Sequence[str | None]], file: DataFile) -> None:
    """See that the first line holds names, not data. Raises DataError.

    It is data when a name is as long as a text, or a number that the column's own rows repeat (a label), or when
    several rows repeat it.
    """
    numbers = [name for name in names if name.isdigit()]
    if len(numbers) > 1 and numbers == [str(number) for number in range(len(numbers))]:
        return  # columns that were numbered when they were written
    for name, column in zip(names, zip(*rows, strict=True), strict=True):
        times = column.count(name)
        if len(name) > _LONGEST_NAME or times > 1 or (times and _is_number(name)):
            raise DataError(
                "The first line does not name the columns",
                f"The first line of {file.where} looks like data: a column would be called {_short(name)}.",
                "Put a line with the columns' names on top, for example: text,label.",
            )


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _short(name: str) -> str:
    return repr(name if len(name) <= 40 else name[:40] + "…")
