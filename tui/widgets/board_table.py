"""Columns for a board of runs: as wide as what stands in them, and fewer where there is no room."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from bertft_tui.tui.glyphs import MUTED
from bertft_tui.tui.widgets.board_line import Line
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.strips import fit_cells

_GAP = 2

#: So many cells the column that gives way keeps.
_LEAST = 20


@dataclass(frozen=True)
class Column:
    """A column: figures stand on the `right`. The higher the rank, the earlier it leaves; 0 never does."""

    title: str
    right: bool = False
    rank: int = 0
    shrinks: bool = False  # whether it is cut before another leaves


@dataclass(frozen=True)
class Row:
    """A line of the table: a text with its style for each column."""

    cells: tuple[Span, ...]
    run_id: str | None = None


def board_table(columns: Sequence[Column], rows: Sequence[Row], width: int) -> tuple[Line, list[Line]]:
    """Return the head and the lines, for so many cells."""
    widths = [
        max([cell_len(column.title), *(cell_len(row.cells[place][0]) for row in rows)])
        for place, column in enumerate(columns)
    ]
    least = [min(_LEAST, each) if column.shrinks else each for column, each in zip(columns, widths, strict=True)]
    shown = list(range(len(columns)))
    for place in sorted(shown, key=lambda at: -columns[at].rank):
        if columns[place].rank and _needed(least, shown) > width:
            shown.remove(place)
    for place in shown:
        if columns[place].shrinks:
            widths[place] = max(least[place], widths[place] - max(0, _needed(widths, shown) - width))
    head = [(columns[place].title, MUTED) for place in range(len(columns))]

    def line(cells: Sequence[Span], run_id: str | None = None) -> Line:
        fitted = [(fit_cells(cells[at][0], widths[at], right=columns[at].right), cells[at][1]) for at in shown]
        return Line(tuple(span for each in fitted for span in (each, (" " * _GAP, ""))), run_id)

    return line(head), [line(row.cells, row.run_id) for row in rows]


def _needed(widths: Sequence[int], shown: Sequence[int]) -> int:
    return sum(widths[place] + _GAP for place in shown) - _GAP
