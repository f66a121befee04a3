"""The table of runs: one line a run, a second one where a run is alive or went wrong; groups that open."""

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bertft_tui.tui.columns.column import RunColumn, View
from bertft_tui.tui.columns.layout import GAP, Cells, Layout, lay_out
from bertft_tui.tui.glyphs import CURSOR, CURSOR_AT_REST, glyphs
from bertft_tui.tui.messages import RunHighlighted, RunOpened
from bertft_tui.tui.rows import GroupRow, Row, changed_places, key_of
from bertft_tui.tui.widgets import run_lines
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.strips import rich_style, strip


class RunTable(ScrollView, can_focus=True):
    """Rows by key: the cursor stays on its row whatever comes, goes or moves around it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor(-1)", show=False),
        Binding("down", "cursor(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
        Binding("enter", "open", show=False),
        Binding("right", "unfold(True)", show=False),
        Binding("left", "unfold(False)", show=False),
    ]

    cursor: reactive[str | None] = reactive(None, repaint=False)
    nothing: reactive[Sequence[Span]] = reactive(())  # the lines that stand here when there is no row

    class HeadingClicked(Message):
        """The title of a column was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Unfolded(Message):
        """A group is to be opened or closed."""

        def __init__(self, key: str, is_open: bool) -> None:
            super().__init__()
            self.key, self.is_open = key, is_open

    class NearEnd(Message):
        """The cursor has come near the last row: there may be more to read."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._places: dict[str, int] = {}
        self._marks: frozenset[str] = frozenset()
        self._cells = Cells((), View("accuracy", lambda run: 0.0))
        self._layout = Layout((), {})
        self._lines: list[tuple[int, int]] = []  # for each line: which row, which line of it
        self._heights: list[int] = []  # how many lines each row takes
        self._base, self._shapes = Style.null(), glyphs()

    def show(
        self, rows: Sequence[Row], columns: Sequence[RunColumn], view: View, marks: frozenset[str] = frozenset()
    ) -> None:
        """Show other or changed rows; the cursor stays on its row, or goes to the one that took its place."""
        place, before, shown = self.index, self._rows, self._view_of_lines()
        self._cells = self._cells.again(columns, view)
        self._rows, self._marks = rows, marks
        changed = changed_places(before, rows) if shown == self._view_of_lines() else None
        if changed is not None and self._fits(changed):
            self._refresh_rows(changed)
            return
        self._places = {key_of(row): index for index, row in enumerate(rows)}
        self._heights = [run_lines.height(row) for row in rows]
        self._lines = [(index, line) for index, height in enumerate(self._heights) for line in range(height)]
        self._fit()
        if self.cursor not in self._places:
            self.cursor = key_of(rows[min(place or 0, len(rows) - 1)]) if rows else None
        self.refresh()

    def _view_of_lines(self) -> tuple[object, ...]:
        """What every line depends on; equal where only some rows are others."""
        view = self._cells.view
        return id(self._cells), self._marks, view.sort, view.reverse, view.held, view.standings

    def _fits(self, changed: Sequence[int]) -> bool:
        """Whether rows take as many lines as before, and their cells have room in the columns as they are."""
        for place in changed:
            row = self._rows[place]
            if isinstance(row, GroupRow) or run_lines.height(row) != self._heights[place]:
                return False
            if not self._layout.has_room(self._cells.of(row)):
                return False
        return True

    def _refresh_rows(self, places: Sequence[int]) -> None:
        """Draw the lines of some rows anew, where they are in sight."""
        top, width, wanted = self.scroll_offset.y, self.size.width, set(places)
        for y, (index, _) in enumerate(self._lines[top : top + self.size.height], 1):
            if index in wanted:
                self.refresh(Region(0, y, width, 1))

    @property
    def index(self) -> int | None:
        """Where the cursor stands, counted from the top."""
        return self._places.get(self.cursor) if self.cursor is not None else None

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return None if (index := self.index) is None else self._rows[index]

    @property
    def rows(self) -> Sequence[Row]:
        """All rows from the top."""
        return self._rows

    @property
    def rows_in_sight(self) -> Sequence[Row]:
        """The rows that the window shows."""
        top = self.scroll_offset.y
        places = [index for index, _ in self._lines[top : top + self.size.height]]
        return self._rows[places[0] : places[-1] + 1] if places else ()

    @property
    def columns(self) -> list[RunColumn]:
        """The columns that fit."""
        return [column for column, _ in self._layout.columns]

    def move_to(self, key: str) -> bool:
        """Put the cursor on a row; say whether it is there."""
        if key in self._places:
            self.cursor = key
        return key in self._places

    def bring_in_sight(self, keys: Sequence[str]) -> None:
        """Show as many of these rows as there is room for, the one under the cursor in any case."""
        self.call_after_refresh(self._scroll_to_rows, {self._places.get(key) for key in keys})
        self.call_after_refresh(self._scroll_to_cursor)

    def watch_cursor(self, before: str | None, key: str | None) -> None:
        """Say which row is highlighted, and scroll to it."""
        self._refresh_rows([self._places[each] for each in (before, key) if each in self._places])
        self.post_message(RunHighlighted(key))
        self.call_after_refresh(self._scroll_to_cursor)

    def action_cursor(self, by: int) -> None:
        """Move the cursor by some rows."""
        if self._rows:
            place = min(max((self.index or 0) + by, 0), len(self._rows) - 1)
            self.cursor = key_of(self._rows[place])
            if by > 0 and place >= len(self._rows) - max(2, self.size.height):
                self.post_message(self.NearEnd())

    def action_page(self, by: int) -> None:
        """Move the cursor by a screenful."""
        self.action_cursor(by * max(1, self.size.height - 2))

    def action_edge(self, by: int) -> None:
        """Move the cursor to the first or the last row."""
        self.action_cursor(by * len(self._rows))

    def action_open(self) -> None:
        """Open the highlighted run; open or close a group."""
        row = self.row
        if isinstance(row, GroupRow):
            self.post_message(self.Unfolded(row.key, not row.is_open))
        elif row is not None:
            self.post_message(RunOpened(row.id))

    def action_unfold(self, is_open: bool) -> None:
        """Open or close the group under the cursor; from one of its runs, go to the group."""
        row, index = self.row, self.index
        if isinstance(row, GroupRow):
            self.post_message(self.Unfolded(row.key, is_open))
        elif index is not None and not is_open:
            above = [each for each in self._rows[:index] if isinstance(each, GroupRow)]
            if above:
                self.cursor = above[-1].key

    def on_resize(self) -> None:
        """Choose the columns again."""
        self._fit()
        self.refresh()
        self._scroll_to_cursor()

    def on_click(self, event: object) -> None:
        """Put the cursor on the row under the mouse; a second click opens it; on a title, sort by its column."""
        y = getattr(event, "y", 0)
        if y == 0:
            self._click_heading(getattr(event, "x", 0))
            return
        place = y + self.scroll_offset.y - 1
        if 0 <= place < len(self._lines):
            self.cursor = key_of(self._rows[self._lines[place][0]])
            if getattr(event, "chain", 1) == 2:
                self.action_open()

    def _click_heading(self, x: int) -> None:
        left = run_lines.MARGIN
        for column, width in self._layout.columns:
            if left <= x < left + width:
                self.post_message(self.HeadingClicked(column.key))
            left += width + GAP

    def render_lines(self, crop: Region) -> list[Strip]:
        """All that is to be drawn, on one style."""
        self._base, self._shapes = self.rich_style, glyphs()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """The header, which stays, and under it the lines that are scrolled to."""
        base, width = self._base, self.size.width
        if y == 0:
            return strip(run_lines.header(self._layout, self._cells.view, self._shapes), width, base)
        place = y - 1 + self.scroll_offset.y
        if not self._lines and 0 <= y - 2 < len(self.nothing):
            return strip([(" ", ""), self.nothing[y - 2]], width, base)
        if place >= len(self._lines):
            return Strip.blank(width, base)
        index, line = self._lines[place]
        row = self._rows[index]
        if key_of(row) == self.cursor:
            base += rich_style(CURSOR if self.has_focus else CURSOR_AT_REST)
        if isinstance(row, GroupRow):
            return strip(run_lines.group(row, self._layout, self._shapes), width, base)
        if line:
            return strip(run_lines.second(row, self._cells.view, width, self._shapes), width, base)
        mark = run_lines.mark(row, self._marks, self._cells.view, self._shapes)
        return strip(run_lines.first(row, self._cells.of(row), self._layout, mark, self._shapes), width, base)

    def _fit(self) -> None:
        runs = (row for row in self._rows if not isinstance(row, GroupRow))
        cells = (self._cells.of(run, ticking=run.status.is_alive) for run in runs)
        least, room = run_lines.group_widths(self._rows, self._cells.columns), self.size.width - run_lines.MARGIN
        self._layout = lay_out(self._cells, cells, room, least=least)
        self.virtual_size = Size(self.size.width, len(self._lines) + 1)

    def _scroll_to_cursor(self) -> None:
        self._scroll_to_rows({self.index})

    def _scroll_to_rows(self, rows: set[int | None]) -> None:
        lines = [place for place, (row, _) in enumerate(self._lines) if row in rows]
        if lines:
            # One line more above keeps the cursor from hiding under the header.
            height = lines[-1] - lines[0] + 2
            self.scroll_to_region(Region(0, lines[0], 1, height), animate=False, force=True)
