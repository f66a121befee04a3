"""How a csv file is laid out, as its first lines show: what divides its cells, what stands above and beside them."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile

from bertft_tui.core.training.reading.csv_header import is_header
from bertft_tui.core.training.reading.files import DataFile

_DELIMITERS = ",;\t|"
_ROWS = 50

#: The line that Excel reads for the delimiter.
_SEPARATOR = re.compile(r'"?sep=(\t|[^\w\s"])"?[\r\n]', re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """How the rows of a csv file are written."""

    delimiter: str
    above: int = 0  # so many lines stand above the header: the one that names the delimiter, or comments
    comments: bool = False
    blanks: bool = False  # a blank follows each delimiter, also before a quote
    row_names: bool = False  # each row begins with its number, for which the header has no name, as R writes
    quotes: bool = True  # double quotes are no letters


def find_layout(sample: str, file: DataFile) -> Layout:
    """Return the layout that a file's beginning shows."""
    lines = [*io.StringIO(sample, newline="")]
    named = _SEPARATOR.match(sample)
    comments = 0 if named else _comments(lines)
    above = 1 if named else comments
    body = "".join(lines[above:])
    delimiter = named[1] if named else _find_delimiter(body, file)
    blanks = _has_blanks(body, delimiter)
    return Layout(delimiter, above, comments > 0, blanks, _has_row_names(_rows(body, delimiter, blanks=blanks)))


def _find_delimiter(sample: str, file: DataFile) -> str:
    """Return the delimiter that divides the header and the rows below it alike; in doubt the first of four."""
    if file.format == "tsv" and "\t" in sample.partition("\n")[0]:
        return "\t"
    return max(_DELIMITERS, key=lambda delimiter: _fitness(sample, delimiter))


def _fitness(sample: str, delimiter: str) -> tuple[float, int]:
    """How well a delimiter fits: the share of rows as wide as the header, and that width; nothing at width 1."""
    widths = [len(row) for row in _rows(sample, delimiter)]
    if not widths or widths[0] < 2:
        return 0.0, 0
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]


def _rows(sample: str, delimiter: str, *, blanks: bool = False) -> list[list[str]]:
    """Return the first rows, up to one that is not well-formed."""
    text = io.StringIO(sample, newline="")
    reader = csv.reader(text, delimiter=delimiter, skipinitialspace=blanks, strict=True)
    rows = []
    try:
        for row in islice((row for row in reader if row), _ROWS):
            rows.append(row)
    except csv.Error:  # a quote that this delimiter does not close, or the end of the sample
        pass
    return rows


def _comments(lines: Sequence[str]) -> int:
    """Count the lines on top that begin with `#`.

    The last is the header where the row below it is as wide and no header itself, or where it is named like one.
    """
    number = sum(1 for _ in takewhile(lambda line: line.startswith("#"), lines))
    if number in (0, len(lines)):
        return 0
    last, below = lines[number - 1 : number + 1]
    return number - any(_is_header(last, below, delimiter) for delimiter in _DELIMITERS)


def _is_header(line: str, below: str, delimiter: str) -> bool:
    """Say whether a line that begins with `#` names the columns of the row below it."""
    if line.startswith("# ") or delimiter not in line:
        return False
    first, second = (next(iter(_rows(each, delimiter)), []) for each in (line.removeprefix("#"), below))
    return is_header(first) or (len(first) == len(second) and not is_header(second))


def _has_blanks(sample: str, delimiter: str) -> bool:
    """Say whether the header has a blank after each delimiter, and rows are well-formed without such blanks."""
    rows = _rows(sample, delimiter)
    if not rows or len(rows[0]) < 2 or not all(name.startswith(" ") for name in rows[0][1:]):
        return False
    return len(_rows(sample, delimiter, blanks=True)) >= len(rows)


def _has_row_names(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether each row is one cell wider than the header, and these first cells are numbers that increase."""
    if len(rows) < 3 or any(len(row) != len(rows[0]) + 1 or not row[0].isdecimal() for row in rows[1:]):
        return False
    at_the_end = not any(row[-1] for row in rows[1:])  # the cell that is one too many holds nothing
    return not at_the_end and all(int(one[0]) < int(other[0]) for one, other in pairwise(rows[1:]))
