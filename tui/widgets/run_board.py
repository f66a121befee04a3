"""Lines about runs as one list; the cursor goes over the runs in it."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bertft_tui.tui.glyphs import CURSOR, CURSOR_AT_REST
from bertft_tui.tui.messages import RunHighlighted, RunOpened
from bertft_tui.tui.widgets.board_line import Line
from bertft_tui.tui.widgets.strips import rich_style, strip

#: Makes the lines of the head, and those under it, for so many cells.
LayOut = Callable[[int], tuple[Sequence[Line], Sequence[Line]]]


class RunBoard(ScrollView, can_focus=True):
    """Lines under a head that stays. The cursor stays on its run wherever that goes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor(-1)", show=False),
        Binding("down", "cursor(1)", show=False),
        Binding("pageup", "cursor(-8)", show=False),
        Binding("pagedown", "cursor(8)", show=False),
        Binding("home", "cursor(-1000000)", show=False),
        Binding("end", "cursor(1000000)", show=False),
        Binding("enter", "open", show=False),
    ]

    cursor: reactive[str | None] = reactive(None)

    def __init__(self) -> None:
        super().__init__()
        self._make: LayOut | None = None
        self._head: Sequence[Line] = ()
        self._lines: Sequence[Line] = ()

    def show(self, lay_out: LayOut) -> None:
        """Draw other lines; when the cursor's run has left, the cursor goes to the one that took its place.

        `lay_out` makes the head's lines and those under it for so many cells.
        """
        place = self._runs.index(self.cursor) if self.cursor in self._runs else 0
        self._make = lay_out
        self._lay_out()
        runs = self._runs
        if self.cursor not in runs:
            self.cursor = runs[min(place, len(runs) - 1)] if runs else None

    @property
    def _runs(self) -> list[str]:
        """The runs from the top."""
        return list(dict.fromkeys(line.run_id for line in self._lines if line.run_id is not None))

    def _lay_out(self) -> None:
        if self._make is not None:
            self._head, self._lines = self._make(self.scrollable_content_region.width)
            self.virtual_size = Size(self.size.width, len(self._head) + len(self._lines))
            self.refresh()

    def on_resize(self) -> None:
        """Draw for another width."""
        self._lay_out()
        self.call_after_refresh(self._scroll_to_cursor)

    def watch_cursor(self) -> None:
        """Scroll to the run, and say which it is."""
        self.post_message(RunHighlighted(self.cursor))
        self.refresh()
        self.call_after_refresh(self._scroll_to_cursor)

    def _scroll_to_cursor(self) -> None:
        places = [place for place, line in enumerate(self._lines) if line.run_id == self.cursor and self.cursor]
        if places:
            top = 0 if self._runs[:1] == [self.cursor] else places[0]  # the first run shows its device too
            height = min(places[-1] + 1 - top, self.size.height - len(self._head))
            region = Region(0, places[-1] + 1 - height, 1, height + len(self._head))
            self.scroll_to_region(region, animate=False, force=True)

    def action_cursor(self, by: int) -> None:
        """Go on by some runs; where there are none, scroll."""
        runs = self._runs
        if not runs:
            self.scroll_relative(y=by, animate=False)
            return
        place = runs.index(self.cursor) if self.cursor in runs else 0
        target = min(max(place + by, 0), len(runs) - 1)
        if target == place:
            self.scroll_relative(y=by, animate=False)  # what stands above the first and below the last
        self.cursor = runs[target]

    def action_open(self) -> None:
        """Open the run under the cursor."""
        if self.cursor is not None:
            self.post_message(RunOpened(self.cursor))

    def on_click(self, event: Click) -> None:
        """Put the cursor on the run under the mouse; a second click opens it."""
        place = event.y + self.scroll_offset.y - len(self._head)
        if (
            event.y >= len(self._head)
            and 0 <= place < len(self._lines)
            and (run_id := self._lines[place].run_id) is not None
        ):
            self.cursor = run_id
            if event.chain > 1:
                self.action_open()

    def render_line(self, y: int) -> Strip:
        """A line of what is scrolled to."""
        base, width = self.rich_style, self.size.width
        if y < len(self._head):
            return strip(self._head[y].spans, width, base)
        place = y - len(self._head) + self.scroll_offset.y
        if place >= len(self._lines):
            return Strip.blank(width, base)
        line = self._lines[place]
        if line.run_id is not None and line.run_id == self.cursor:
            base += rich_style(CURSOR if self.has_focus else CURSOR_AT_REST)
        return strip(line.spans, width, base)
