"""The rows of a csv file, each as wide as the header, or a sentence with the line where that cannot be."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TextIO

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.notes import count
from bertft_tui.core.training.reading.cell_limit import LONGEST_CELL
from bertft_tui.core.training.reading.csv_layout import Layout
from bertft_tui.core.training.reading.files import DataFile

_QUOTES = 'Put texts with delimiters or line breaks in double quotes, and double each quote inside: "", not \\".'


_HOLDING = 'If they are rows, put the text of the first in double quotes, and double each quote inside: "".'


class MalformedCsvError(DataError):
    """The quotes or the cells of a csv file do not fit together."""


@contextmanager
def long_cells() -> Iterator[None]:
    """Let the csv module read cells as long as any real text; its own limit is 131,072 characters."""
    previous = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(previous)


class _Lines:
    """The lines of a file, remembering those of the row that is being read."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text = text
        self.of_row: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.of_row.append(line)
        return line


class Rows:
    """Reads a csv file row by row; blank lines are no rows."""

    def __init__(self, text: TextIO, file: DataFile, layout: Layout) -> None:
        self._file = file
        self._lines = _Lines(islice(text, layout.above, None))
        self._layout = layout
        self._reader = csv.reader(
            self._lines,
            delimiter=layout.delimiter,
            quoting=csv.QUOTE_MINIMAL if layout.quotes else csv.QUOTE_NONE,
            skipinitialspace=layout.blanks,
            strict=True,
        )
        self._number = -1  # of the row that was read last: the header is row 0
        self._text_lines = False  # some row runs over lines that are none of their own
        self._holding: tuple[int, int] | None = None  # the first row whose lines could each be one, and how many
        self._line = layout.above + 1  # where the row begins that is being read

    def header(self) -> list[str]:
        """Return the first row. Raises DataError when there is none."""
        header = self._next()
        if header is None:
            raise DataError(
                "The file is empty", f"{self._file.where} has no rows.", "Name a file with a header and rows."
            )
        return ["", *header] if self._layout.row_names else header

    def whole(self, names: list[str]) -> Iterator[list[str | None]]:
        """Yield the rows below the header, short ones filled up with None. Raises DataError."""
        while (row := self._next(names)) is not None:
            if len(self._lines.of_row) > 1:
                self._look_at_lines(len(names))
            yield [*row] if len(row) == len(names) else self._fit(row, len(names))

    def notes(self) -> list[Problem]:
        """Name the first row that may hold others; none when line breaks of other rows are surely a text's own."""
        if self._holding is None or self._text_lines:
            return []
        number, lines = self._holding
        row = f"Row {number:,} of {self._file.place}"
        message = f"{row} runs over {lines:,} lines that each have as many cells as the header."
        return [Problem("A cell may hold several rows", message, _HOLDING)]

    def _look_at_lines(self, width: int) -> None:
        """Remember whether each line of a row could be a row, which an unpaired quote may have made one cell of."""
        lines = self._lines.of_row
        if width < 2 or any(line.count(self._layout.delimiter) + 1 != width for line in lines):
            self._text_lines = True
        elif self._holding is None:
            self._holding = self._number, len(lines)

    @property
    def _lines_read(self) -> int:
        return self._layout.above + self._reader.line_num

    def _next(self, names: list[str] | None = None) -> list[str] | None:
        """Return the next row that is not blank, or None at the end."""
        while True:
            self._line = self._lines_read + 1
            self._lines.of_row.clear()
            try:
                row = next(self._reader, None)
            except csv.Error as error:
                raise self._malformed(error, names or []) from None
            if row != []:
                self._number += 1
                return row

    def _fit(self, row: list[str], width: int) -> list[str | None]:
        if self._layout.quotes and len(row) < width:
            return [*row, *[None] * (width - len(row))]
        if self._layout.quotes and not any(row[width:]):
            return [*row[:width]]
        raise MalformedCsvError(
            f"The rows have {'fewer' if len(row) < width else 'more'} cells than the header",
            f"{self._file.where} names {count(width, 'column')}, but row {self._number:,} (line {self._line:,}) "
            f"has {count(len(row), 'cell')}.",
            f"The first line must name every column. {_QUOTES}",
        )

    def _malformed(self, error: csv.Error, names: list[str]) -> DataError:
        """Say where it went wrong, by cutting up the row's lines again without minding the quotes."""
        csv.field_size_limit(2**31 - 1)
        text = io.StringIO("".join(self._lines.of_row), newline="")
        cells = next(csv.reader(text, delimiter=self._layout.delimiter), [""])
        csv.field_size_limit(LONGEST_CELL)
        row = f"row {self._number + 1:,}" if names else "the header"
        place, line = f"{row} of {self._file.where}", self._lines_read
        if "field limit" in str(error):
            column = cells.index(max(cells, key=len))
            named = repr(names[column]) if column < len(names) else f"number {column + 1}"
            return MalformedCsvError(
                "A cell has no end",
                f"The cell of column {named} in {place} (line {self._line:,}) has more than {LONGEST_CELL:,} "
                "characters.",
                'Most likely its opening quote is never closed; a quote inside a text is doubled ("").',
            )
        if "unexpected end" in str(error):
            opened = line + 1 - len([*io.StringIO(cells[-1], newline="")])
            message = f"The quote that opens in line {opened:,} ({place}) is never closed."
        else:
            begins = "" if line == self._line else f", which begins in line {self._line:,}"
            message = f"In line {line:,} ({place}{begins}) a cell goes on after its closing quote."
        return MalformedCsvError("This is not a well-formed csv file", message, _QUOTES)
