"""The table of runs: one line a run, a second one where a run is alive or went wrong."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bertft_tui.core.adjustments import in_words
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.format import clean
from bertft_tui.tui.glyphs import CURSOR, CURSOR_AT_REST, ERROR, MUTED, STATUS_COLOURS, glyphs
from bertft_tui.tui.messages import RunHighlighted, RunOpened
from bertft_tui.tui.progress import health_mark, health_words, progress_spans
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.run_columns import GAP, Layout, View, lay_out, sort_runs
from bertft_tui.tui.widgets.strips import fit_cells, rich_style, strip

#: Margin and status glyph before the first column.
_MARGIN = 3


class RunTable(ScrollView, can_focus=True):
    """Runs by key: the cursor stays on its run whatever comes, goes or moves around it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor(-1)", show=False),
        Binding("down", "cursor(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
        Binding("enter", "open", show=False),
    ]

    cursor: reactive[str | None] = reactive(None, repaint=True)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._runs: list[RunRecord] = []
        self._view = View("accuracy", lambda run: 0.0)
        self._layout = Layout(())
        self._lines: list[tuple[int, int]] = []  # for each line: which run, which line of it

    def show(self, runs: tuple[RunRecord, ...], view: View) -> None:
        """Show other or changed runs; the cursor stays on its run, or goes to the first one."""
        place = self.index
        self._view = view
        self._runs = sort_runs(runs, view)
        self._lines = [(index, line) for index, run in enumerate(self._runs) for line in range(_height(run))]
        self._fit()
        if self._find(self.cursor) is None:
            self.cursor = self._runs[min(place or 0, len(self._runs) - 1)].id if self._runs else None
        self.refresh()

    @property
    def index(self) -> int | None:
        """Where the cursor stands, counted from the top."""
        return self._find(self.cursor)

    @property
    def orders(self) -> list[str]:
        """What the table can be sorted by so that it is seen: nothing, or one of the columns that fit."""
        return ["", *(column.key for column, _ in self._layout.columns)]

    def move_to(self, run_id: str) -> None:
        """Put the cursor on a run, if it is there."""
        if self._find(run_id) is not None:
            self.cursor = run_id

    def watch_cursor(self, run_id: str | None) -> None:
        """Say which run is highlighted, and scroll to it."""
        self.post_message(RunHighlighted(run_id))
        self.call_after_refresh(self._scroll_to_cursor)

    def action_cursor(self, by: int) -> None:
        """Move the cursor by some runs."""
        if self._runs:
            place = (self.index or 0) + by
            self.cursor = self._runs[min(max(place, 0), len(self._runs) - 1)].id

    def action_page(self, by: int) -> None:
        """Move the cursor by a screenful."""
        self.action_cursor(by * max(1, self.size.height - 2))

    def action_edge(self, by: int) -> None:
        """Move the cursor to the first or the last run."""
        self.action_cursor(by * len(self._runs))

    def action_open(self) -> None:
        """Open the highlighted run."""
        if self.cursor is not None:
            self.post_message(RunOpened(self.cursor))

    def on_resize(self) -> None:
        """Choose the columns again."""
        self._fit()
        self.refresh()
        self._scroll_to_cursor()

    def on_click(self, event: object) -> None:
        """Put the cursor on the run under the mouse."""
        y = getattr(event, "y", 0) + self.scroll_offset.y - 1
        if 0 <= y < len(self._lines):
            self.cursor = self._runs[self._lines[y][0]].id

    def render_line(self, y: int) -> Strip:
        """The header, which stays, and under it the lines that are scrolled to."""
        base, width = self.rich_style, self.size.width
        if y == 0:
            return strip(self._header(), width, base)
        place = y - 1 + self.scroll_offset.y
        if place >= len(self._lines):
            return Strip.blank(width, base)
        index, line = self._lines[place]
        run = self._runs[index]
        if run.id == self.cursor:
            base += rich_style(CURSOR if self.has_focus else CURSOR_AT_REST)
        return strip(self._cells(run) if line == 0 else self._second_line(run), width, base)

    def _fit(self) -> None:
        self._layout = lay_out(self._runs, self._view, self.size.width - _MARGIN)
        self.virtual_size = Size(self.size.width, len(self._lines) + 1)

    def _find(self, run_id: str | None) -> int | None:
        return next((index for index, run in enumerate(self._runs) if run.id == run_id), None)

    def _scroll_to_cursor(self) -> None:
        index = self.index
        lines = [place for place, (run, _) in enumerate(self._lines) if run == index]
        if lines:
            # One line more above keeps the cursor from hiding under the header.
            self.scroll_to_region(Region(0, lines[0], 1, len(lines) + 1), animate=False, force=True)

    def _header(self) -> list[Span]:
        shapes = glyphs()
        spans: list[Span] = [(" " * _MARGIN, "")]
        for column, width in self._layout.columns:
            title = column.title
            if column.key == self._view.sort:
                title += shapes.up if self._view.reverse else shapes.down
            spans.append((fit_cells(title, width, right=column.right) + " " * GAP, MUTED + " bold"))
        return spans

    def _cells(self, run: RunRecord) -> list[Span]:
        status = (f" {glyphs().status[run.status]}", STATUS_COLOURS[run.status])
        spans: list[Span] = [status, health_mark(run, glyphs())]
        for column, width in self._layout.columns:
            text = fit_cells(column.text(run, self._view), width, right=column.right)
            spans.append((text + " " * GAP, column.colour))
        return spans

    def _second_line(self, run: RunRecord) -> list[Span]:
        room = self.size.width - _MARGIN - 2
        indent: Span = (" " * (_MARGIN + 1), "")
        if run.status.is_alive:
            return [indent, *progress_spans(run, self._view.age(run), room, glyphs())]
        text, colour = _aside(run)
        return [indent, (fit_cells(text, room), colour)]


def _height(run: RunRecord) -> int:
    return 2 if run.status.is_alive or _aside(run)[0] else 1


def _aside(run: RunRecord) -> Span:
    """Why a run failed or was lost, what is wrong with its figures, or what it changed to go on; else empty."""
    if run.error is not None and run.status in (RunStatus.FAILED, RunStatus.LOST):
        return clean(f"{run.error.title}: {run.error.message}", limit=300), ERROR
    if words := health_words(run):
        return words, ERROR
    return in_words(run.adjustments), MUTED
