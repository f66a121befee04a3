"""The part of a log that is held in memory, as rows of a given width."""

from bisect import bisect_right
from typing import NamedTuple

from rich.cells import cell_len, chop_cells

from bertft_tui.tui.log_file import LogLine, LogPiece

#: Lines that are held at once; where one scrolls on, those at the other end are let go.
MOST_LINES = 6000


class Row(NamedTuple):
    """A row on the screen: which line, and from which character to which."""

    line: int
    start: int
    end: int


class LogLines:
    """Neighbouring lines of a log, each on one row or, wrapped, on several."""

    def __init__(self) -> None:
        self.start = self.end = 0  # bytes of the log
        self.lines: list[LogLine] = []
        self.rows: list[Row] = []
        self.width = 0  # cells of the longest line
        self._wrap = 0

    def show(self, piece: LogPiece) -> None:
        """Hold other lines."""
        self.start, self.end, self.lines = piece.start, piece.end, list(piece.lines)
        self._lay_out()

    def prepend(self, piece: LogPiece) -> int:
        """Hold the lines before, too; return how many rows have come."""
        rows = len(self.rows)
        self.start, self.lines = piece.start, [*piece.lines, *self.lines]
        self._lay_out()
        come = len(self.rows) - rows
        if len(self.lines) > MOST_LINES:
            self.end = self.lines[MOST_LINES].offset
            del self.lines[MOST_LINES:]
            self._lay_out()
        return come

    def append(self, piece: LogPiece) -> int:
        """Hold the lines behind, too; return how many rows were let go at the top.

        A last line that had no end yet is read again with what has come.
        """
        kept = [line for line in self.lines if line.offset < piece.start]
        self.end, self.lines = piece.end, [*kept, *piece.lines]
        self._lay_out()
        if (more := len(self.lines) - MOST_LINES) <= 0:
            return 0
        gone = next((place for place, row in enumerate(self.rows) if row.line >= more), len(self.rows))
        self.start = self.lines[more].offset
        del self.lines[:more]
        self._lay_out()
        return gone

    def wrap(self, width: int) -> None:
        """Break lines at a width; 0 leaves them whole."""
        if width != self._wrap:
            self._wrap = width
            self._lay_out()

    def row_of(self, offset: int) -> int | None:
        """The first row of the line that begins at a byte, or that it stands in; None when that is not held."""
        place = bisect_right(self.lines, (offset, "\U0010ffff")) - 1
        if place < 0 or not self.start <= offset < max(self.end, self.start + 1):
            return None
        low, high = 0, len(self.rows)
        while low < high:
            middle = (low + high) // 2
            if self.rows[middle].line < place:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self.rows) else None

    @property
    def last_begins(self) -> int:
        """Where the last line begins: it may grow."""
        return self.lines[-1].offset if self.lines else self.end

    def _lay_out(self) -> None:
        self.rows = [row for number in range(len(self.lines)) for row in self._rows_of(number)]
        self.width = max((cell_len(line.text) for line in self.lines), default=0)

    def _rows_of(self, number: int) -> list[Row]:
        text = self.lines[number].text
        if not self._wrap or (len(text) <= self._wrap and (text.isascii() or cell_len(text) <= self._wrap)):
            return [Row(number, 0, len(text))]
        rows, place = list[Row](), 0
        for piece in chop_cells(text, max(2, self._wrap)):
            rows.append(Row(number, place, place + len(piece)))
            place += len(piece)
        return rows
