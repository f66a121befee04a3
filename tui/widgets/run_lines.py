"""The lines of the table of runs as coloured text: pure functions of a row and the layout."""

from collections.abc import Iterable

from rich.cells import cell_len

from bertft_tui.core.adjustments import in_words
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.columns.column import RunColumn, View
from bertft_tui.tui.columns.layout import GAP, Layout
from bertft_tui.tui.format import clean
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, MUTED, STATUS_COLOURS, WARNING, Glyphs, glyphs
from bertft_tui.tui.progress import health_mark, health_words, progress_spans
from bertft_tui.tui.rows import GroupRow, Row
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.strips import fit_cells

#: Mark, status glyph and health before the first column.
MARGIN = 3


def header(layout: Layout, view: View, shapes: Glyphs) -> list[Span]:
    """The titles; behind that of the column which sorts, which way."""
    spans: list[Span] = [(" " * MARGIN, "")]
    for column, width in layout.columns:
        title = column.title
        if column.key == view.sort:
            title += shapes.up if view.reverse else shapes.down
        spans.append((fit_cells(title, width, right=column.right) + " " * GAP, MUTED + " bold"))
    return spans


def mark(run: RunRecord, marks: frozenset[str], view: View, shapes: Glyphs) -> Span:
    """What stands at the very left: marked, the baseline, pinned, or nothing."""
    if run.id in marks:
        return shapes.marked, f"{WARNING} bold"
    if view.baseline is not None and run.id == view.baseline.id:
        return shapes.baseline, ACCENT
    return (shapes.pinned, ACCENT) if run.pinned_at is not None else (" ", "")


def first(
    run: RunRecord, cells: dict[str, tuple[str, int]], layout: Layout, left: Span, shapes: Glyphs
) -> list[Span]:
    """Mark, status, health, and the columns."""
    spans: list[Span] = [left, (shapes.status[run.status], STATUS_COLOURS[run.status]), health_mark(run, shapes)]
    aside = int(bool(health_words(run)))  # a name makes room for a blank behind that mark, out of its own gap
    for column, width in layout.columns:
        text = layout.text(column, cells[column.key][0], width)
        spans.append((" " * aside + text + " " * (GAP - aside), column.colour))
        aside = 0
    return spans


def second(run: RunRecord, view: View, width: int, shapes: Glyphs) -> list[Span]:
    """How far a live run is; what went wrong with another."""
    room = width - MARGIN - 2
    indent: Span = (" " * (MARGIN + 1), "")
    if run.status.is_alive:
        return [indent, *progress_spans(run, view.age(run), room, shapes)]
    text, colour = _aside(run)
    return [indent, (fit_cells(text, room), colour)]


def group(row: GroupRow, layout: Layout, shapes: Glyphs) -> list[Span]:
    """A group: whether it is open, its title and how many it holds, and what its runs share or do on average."""
    spans: list[Span] = [(f" {shapes.opened if row.is_open else shapes.closed} ", ACCENT)]
    for column, width in layout.columns:
        text = column.group(row.group) if column.group is not None else ""
        if column.key == "name":
            count = _count(row, shapes)
            text = fit_cells(row.title, max(0, width - len(count))).rstrip() + count
        spans.append((fit_cells(text, width, right=column.right) + " " * GAP, f"{BRIGHT} bold"))
    return spans


def group_widths(rows: Iterable[Row], columns: Iterable[RunColumn]) -> dict[str, int]:
    """The cells that groups need in the columns that they fill."""
    groups = [row for row in rows if isinstance(row, GroupRow)]
    if not groups:
        return {}
    texts = {column.key: [column.group(row.group) for row in groups] for column in columns if column.group}
    texts["name"] = [row.title + _count(row, glyphs()) for row in groups]
    return {key: max(map(cell_len, each)) for key, each in texts.items()}


def _count(row: GroupRow, shapes: Glyphs) -> str:
    return f" {shapes.times} {row.group.n:,}"


def height(row: Row) -> int:
    """How many lines a row takes."""
    if isinstance(row, GroupRow):
        return 1
    return 2 if row.status.is_alive or _aside(row)[0] else 1


def _aside(run: RunRecord) -> Span:
    """Why a run failed or was lost, what is wrong with its figures, or what it changed to go on; else empty."""
    if run.error is not None and run.status in (RunStatus.FAILED, RunStatus.LOST):
        return clean(f"{run.error.title}: {run.error.message}", limit=300), ERROR
    if words := health_words(run):
        return words, ERROR
    return in_words(run.adjustments), MUTED
