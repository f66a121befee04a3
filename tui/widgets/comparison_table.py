"""The table of a comparison: runs are columns, the labels stay while one goes to the side."""

from collections.abc import Callable

from rich.style import Style
from textual.binding import Binding
from textual.events import Click
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bertft_tui.tui.comparison_grid import GAP, Grid, Row
from bertft_tui.tui.glyphs import CURSOR, CURSOR_AT_REST, FAINT
from bertft_tui.tui.messages import RunHighlighted, RunOpened
from bertft_tui.tui.widgets.strips import rich_style, strip

#: What says that there are more columns on a side.
_MORE = ("‹", "›")


class ComparisonTable(ScrollView, can_focus=True):
    """Draws a grid. The cursor stands on a run's column and stays there whatever comes and goes around it."""

    BINDINGS = [  # noqa: RUF012 - Textual declares it without ClassVar
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
    ]

    cursor: reactive[str | None] = reactive(None, repaint=True)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ids: tuple[str, ...] = ()
        self._grid = Grid(0, (), (), ())
        self._lay_out: Callable[[int], Grid] = lambda width: self._grid
        self._first = 0  # the first column that is drawn
        self._body: tuple[Row, ...] = ()  # its lines, without those that columns out of sight would need

    def show(self, ids: tuple[str, ...], lay_out: Callable[[int], Grid]) -> None:
        """Show other runs, or other lines about them; the cursor stays on its run, or goes to its neighbour.

        `lay_out` makes the grid for so many cells.
        """
        place = self.index
        self._ids, self._lay_out = ids, lay_out
        self._grid = lay_out(self._room)
        if self.cursor not in ids:
            self.cursor = ids[min(place, len(ids) - 1)] if ids else None
        self._keep_in_sight()
        self.refresh()

    @property
    def index(self) -> int:
        """Where the cursor stands, counted from the left; 0 when it stands nowhere."""
        return self._ids.index(self.cursor) if self.cursor in self._ids else 0

    @property
    def is_empty(self) -> bool:
        """Whether there are no lines under the heads."""
        return not self._grid.body

    @property
    def in_sight(self) -> range:
        """The columns that are drawn, counted from the left."""
        return range(self._first, min(self._first + self._grid.fitting(self._room, self._first), len(self._ids)))

    @property
    def _room(self) -> int:
        return (self.size.width or self.app.size.width) - 1  # the scrollbar's, or a margin

    def move(self, by: int) -> None:
        """Move the cursor by some columns."""
        if self._ids:
            self.cursor = self._ids[min(max(self.index + by, 0), len(self._ids) - 1)]

    def watch_cursor(self, run_id: str | None) -> None:
        """Say which run is highlighted, and bring its column into sight."""
        self.post_message(RunHighlighted(run_id))
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        """Begin with the column from which the cursor's is seen, and no further right than there is to see."""
        place, count = self.index, len(self._ids)
        self._first = min(self._first, place, max(count - 1, 0))
        while self._first < place and place not in self.in_sight:
            self._first += 1
        while self._first and self._grid.fitting(self._room, self._first - 1) > count - self._first:
            self._first -= 1  # there is room on the right: a run has gone, or the terminal has grown
        shown = self.in_sight
        self._body = tuple(row for row in self._grid.body if not row.says_nothing(shown))
        self.virtual_size = Size(self.size.width, len(self._grid.head) + len(self._body))

    def action_scroll(self, by: int) -> None:
        """Scroll by some lines."""
        self.scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """Scroll by a screenful."""
        self.action_scroll(by * max(1, self.size.height - len(self._grid.head) - 1))

    def action_edge(self, by: int) -> None:
        """Scroll to the first or the last line."""
        self.action_scroll(by * len(self._body))

    def on_resize(self) -> None:
        """Lay out the columns again, and choose those that are drawn."""
        self._grid = self._lay_out(self._room)
        self._keep_in_sight()
        self.refresh()

    def on_click(self, event: Click) -> None:
        """Put the cursor on the column under the mouse; a second click opens the run."""
        x = event.x - self._grid.labels
        for place in self.in_sight:
            x -= GAP + self._grid.columns[place]
            if x < 0 <= event.x - self._grid.labels:
                again = self.cursor == self._ids[place] and event.chain > 1
                self.cursor = self._ids[place]
                if again:
                    self.post_message(RunOpened(self._ids[place]))
                return

    def render_line(self, y: int) -> Strip:
        """The heads, which stay, and under them the lines that are scrolled to."""
        head, body = self._grid.head, self._body
        if y < len(head):
            return self._strip(head[y], first=y == 0)
        place = y - len(head) + self.scroll_offset.y
        return self._strip(body[place]) if place < len(body) else Strip.blank(self.size.width, self.rich_style)

    def _strip(self, row: Row, *, first: bool = False) -> Strip:
        """One line: label, then a piece for each column in sight, the cursor's on another background."""
        base, width = self.rich_style, self.size.width
        if not row.pieces:
            return strip([row.label], width, base)
        shown, gap = self.in_sight, " " * (GAP - 1)
        left = _MORE[0] if first and shown.start else ""
        right = _MORE[1] if first and shown.stop < len(self._ids) else ""
        label = (left.rjust(self._grid.labels), FAINT) if left else row.label
        parts = [strip([label], self._grid.labels, base)]
        for place in shown:
            column = min(self._grid.columns[place], max(1, width - self._grid.labels - GAP))
            under = base + self._cursor_style if self._ids[place] == self.cursor else base
            parts += [strip([(gap, "")], len(gap), base), strip([(" ", ""), *row.pieces[place]], column + 1, under)]
        return Strip.join([*parts, strip([(right, FAINT)], 1, base)]).adjust_cell_length(width, base)

    @property
    def _cursor_style(self) -> Style:
        return rich_style(CURSOR if self.has_focus else CURSOR_AT_REST)
