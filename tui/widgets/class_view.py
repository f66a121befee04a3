"""The classes of a run: lines that scroll in both directions, the labels of a matrix staying where they are."""

from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.glyphs import MUTED
from bertft_tui.tui.interests.judged import Judgement
from bertft_tui.tui.keys import bindings
from bertft_tui.tui.widgets.class_lines import Row, class_rows
from bertft_tui.tui.widgets.matrix_lines import Figures
from bertft_tui.tui.widgets.strips import strip

_READING = "reading…"


class ClassView(ScrollView, can_focus=True):
    """Draws what was counted of a run's predictions, or says why nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("classes")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._figures: Figures = "counts"
        self._run: RunRecord | None = None
        self._judged: Judgement | None = None
        self._rows: list[Row] = []

    def show(self, run: RunRecord, judged: Judgement | None) -> None:
        """Show what is known by now; None: it is being counted."""
        if self._run is not None and run.id != self._run.id:
            self.scroll_home(animate=False)
        if judged is not self._judged or run != self._run:
            self._run, self._judged = run, judged
            self._lay_out()

    def turn(self) -> None:
        """Counts in the matrix, or shares; where that makes no difference, say why."""
        before = self._rows
        self._figures = "shares" if self._figures == "counts" else "counts"
        self._lay_out()
        if self._rows == before:
            there = any(row.moving for row in before)
            self.notify("Counts and shares are both there." if there else "There is no matrix.", markup=False)

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width or self.size.width
        self._rows = [Row([(_READING, MUTED)])]
        if self._run is not None and self._judged is not None and width:
            self._rows = class_rows(self._run, self._judged, width, self._figures)
        self.virtual_size = Size(max((row.width for row in self._rows if row.moving), default=0), len(self._rows))
        self.refresh()

    def on_resize(self) -> None:
        """Draw for another width."""
        self._lay_out()

    def on_show(self) -> None:
        """Draw for the width that it has now: while it was hidden it had none."""
        self._lay_out()

    def action_move(self, by: int) -> None:
        """Scroll by some lines."""
        self.scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """Scroll by a screenful."""
        self.scroll_relative(y=by * max(1, self.size.height - 1), animate=False)

    def action_edge(self, end: int) -> None:
        """To the first (0) or the last (1) line."""
        self.scroll_to(y=end * len(self._rows), animate=False)

    def action_aside(self, by: int) -> None:
        """Scroll the matrix to the side."""
        self.scroll_relative(x=by, animate=False)

    def render_line(self, y: int) -> Strip:
        """A line of what is scrolled to."""
        base, width, place = self.rich_style, self.size.width, y + self.scroll_offset.y
        if place >= len(self._rows):
            return Strip.blank(width, base)
        row = self._rows[place]
        if not row.moving:
            return strip(row.fixed, width, base)
        fixed = Row(row.fixed).width
        moving = strip(row.moving, max(row.width - fixed, width + self.scroll_offset.x), base)
        return Strip.join(
            [
                strip(row.fixed, fixed, base),
                moving.crop(self.scroll_offset.x, self.scroll_offset.x + width - fixed),
            ]
        ).adjust_cell_length(width, base)
