"""The table of a comparison in cells: how wide each column is, and what does not fit goes on in the next line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len

from bertft_tui.core.analysis.comparison import Comparison
from bertft_tui.tui.comparison_lines import Line
from bertft_tui.tui.format import clean
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, FAINT, STATUS_COLOURS, glyphs
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.strips import fit_cells, wrap_cells

GAP = 2
_NARROWEST, _LABELS = 9, 30

#: Cells of a column, for names and texts that can go on in the next line: the widest with which all columns fit.
_WIDEST = (26, 20, 15)

#: Lines that a name, a label or a value takes at most; what is longer ends in `…`.
_NAME_LINES, _VALUE_LINES = 4, 3

#: What stands in a line for one run: pieces that are together as wide as its column.
Piece = tuple[Span, ...]


@dataclass(frozen=True)
class Row:
    """One line of the terminal: label, and a piece for each run. A heading has none: it goes over all columns."""

    label: Span
    pieces: tuple[Piece, ...] = ()
    goes_on: bool = False  # it only has what did not fit into the line above

    def says_nothing(self, columns: Iterable[int]) -> bool:
        """Whether nothing of the line above goes on here, as far as these columns are concerned."""
        spans = [self.label, *(span for place in columns for span in self.pieces[place])] if self.goes_on else []
        return self.goes_on and not any(text.strip() for text, _ in spans)


@dataclass(frozen=True)
class Grid:
    """The whole table; `head` stays above while `body` scrolls."""

    labels: int  # cells
    columns: tuple[int, ...]
    head: tuple[Row, ...]
    body: tuple[Row, ...]

    def fitting(self, width: int, first: int = 0) -> int:
        """How many columns from the first on stand whole in so many cells beside the labels; at least one."""
        room, count = width - self.labels, 0
        for column in self.columns[first:]:
            room -= column + GAP
            if room < 0:
                break
            count += 1
        return max(1, count)


def make_grid(
    comparison: Comparison,
    lines: Sequence[Line],
    width: int | None = None,
    switches: Mapping[str, Sequence[Span]] | None = None,
) -> Grid:
    """Lay out a table for a terminal of so many cells (None: as many as it takes).

    `switches`: by id, what stands above each run's name: how its curve is drawn, and by which key it comes and goes.
    """
    labels = max([cell_len(line.label) for line in lines if not line.is_heading], default=_NARROWEST)
    most = _LABELS if width is None else max(_NARROWEST, min(_LABELS, width * 2 // 5))
    labels = min(labels, most)
    tops = [_top(comparison, place, switches) for place in range(len(comparison.runs))]
    room = None if width is None else width - labels
    columns = _columns(comparison, lines, tops, room)
    return Grid(labels, columns, _head(comparison, tops, labels, columns), _body(lines, labels, columns))


def _top(comparison: Comparison, place: int, switches: Mapping[str, Sequence[Span]] | None) -> Piece:
    """What stands above a name on the screen; empty on paper."""
    if switches is None:
        return ()
    run = comparison.runs[place]
    base = (f" {glyphs().baseline}", f"{ACCENT} bold") if place == comparison.baseline else ("", "")
    return (*switches[run.id], base, (f" {glyphs().status[run.status]}", STATUS_COLOURS[run.status]))


def _name(comparison: Comparison, place: int, *, marked: bool) -> str:
    """A run's name; on paper the baseline's has its mark."""
    mark = f"{glyphs().baseline} " if marked and place == comparison.baseline else ""
    return mark + clean(comparison.runs[place].name, limit=300)


def _columns(
    comparison: Comparison, lines: Sequence[Line], tops: Sequence[Piece], room: int | None
) -> tuple[int, ...]:
    """The widths of the columns; where not all fit into the room, names and texts are broken more often."""
    columns: tuple[int, ...] = ()
    for widest in _WIDEST:
        columns = tuple(_column(comparison, lines, place, top, widest) for place, top in enumerate(tops))
        if room is None or sum(columns) + GAP * len(columns) <= room:
            return columns
    return tuple(min(column, max(4, (room or column) - GAP)) for column in columns)


def _column(comparison: Comparison, lines: Sequence[Line], place: int, top: Piece, widest: int) -> int:
    """As wide as what must not be broken, and as names and texts need, within bounds."""
    cells = [line.cells[place] for line in lines if line.cells]
    whole = [cell_len(cell.text) for cell in cells if not cell.breaks]
    broken = [cell_len(cell.text) for cell in cells if cell.breaks]
    name = cell_len(_name(comparison, place, marked=not top))
    return max(_NARROWEST, sum(cell_len(text) for text, _ in top), *whole, min(max([name, *broken]), widest))


def _head(comparison: Comparison, tops: Sequence[Piece], labels: int, columns: Sequence[int]) -> tuple[Row, ...]:
    above: Span = (" " * labels, "")
    rows = [Row(above, tuple(_to_the_right(top, width) for top, width in zip(tops, columns, strict=True)))]
    names = [
        wrap_cells(_name(comparison, place, marked=not tops[place]), width, _NAME_LINES)
        for place, width in enumerate(columns)
    ]
    height = max(map(len, names))
    padded = [[""] * (height - len(name)) + name for name in names]  # names stand on the line below them
    for parts in zip(*padded, strict=True):
        pieces = tuple(
            ((fit_cells(part, width, right=True), f"{BRIGHT} bold"),)
            for part, width in zip(parts, columns, strict=True)
        )
        rows.append(Row(above, pieces))
    return tuple(rows if any(tops) else rows[1:])


def _to_the_right(piece: Piece, width: int) -> Piece:
    return ((" " * max(0, width - sum(cell_len(text) for text, _ in piece)), ""), *piece)


def _body(lines: Sequence[Line], labels: int, columns: Sequence[int]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for line in lines:
        if line.is_heading:
            rows += [Row(("", FAINT))] * bool(rows) + [Row((line.label, line.style))]
            continue
        label = wrap_cells(line.label, labels, _VALUE_LINES)
        texts = [wrap_cells(cell.text, width, _VALUE_LINES) for cell, width in zip(line.cells, columns, strict=True)]
        for number, parts in enumerate(zip_longest(label, *texts, fillvalue="")):
            pieces = tuple(
                ((fit_cells(part, width, right=True), cell.style),)
                for part, width, cell in zip(parts[1:], columns, line.cells, strict=True)
            )
            rows.append(Row((fit_cells(parts[0], labels), line.style), pieces, goes_on=number > 0))
    return tuple(rows)
