"""A chart of one run: a heading line and a braille plot under it."""

from itertools import zip_longest

from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from bertft_tui.tui.glyphs import FAINT, MUTED, glyphs
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.plot import Plot, Row, draw, x_at
from bertft_tui.tui.widgets.strips import strip, that_fit

NO_POINTS = "no points yet"
READING = "reading…"


class CurveChart(Widget):
    """Draws a plot to its own size, again only when the plot, the heading or the size changes."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._plot = Plot()
        self._heading: tuple[Span, ...] = ()
        self._empty = NO_POINTS
        self._lines: list[Row] | None = None
        self._base = Style.null()

    def show(self, heading: tuple[Span, ...], plot: Plot, empty: str = NO_POINTS) -> None:
        """Draw another plot; `empty` is what stands in one without points."""
        if (heading, plot, empty) != (self._heading, self._plot, self._empty):
            before = self._heading, self._lines
            self._heading, self._plot, self._empty, self._lines = heading, plot, empty, None
            self._refresh_changed(*before)

    def _refresh_changed(self, heading: tuple[Span, ...], lines: list[Row] | None) -> None:
        """Have the lines drawn anew that are others now: of a curve that grows, a few."""
        if lines is None or not self.display:
            self.refresh()
            return
        width, height = self.size
        self._lines = self._draw(width, height - 1)
        pairs = zip_longest([_with_note(heading, lines), *lines], [self._whole_heading, *self._lines])
        for y, (old, new) in enumerate(pairs):
            if old != new:
                self.refresh(Region(0, y, width, 1))

    def place_at(self, screen_x: int) -> float | None:
        """The place on the x axis under a column of the terminal; None beside the curves."""
        return x_at(self._plot, self.size.width, self.size.height - 1, screen_x - self.region.x)

    def on_resize(self) -> None:
        """Draw again at the new size."""
        self._lines = None
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """All that is to be drawn, on one style."""
        self._base = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of the widget."""
        base, width = self._base, self.size.width
        if self._lines is None:
            self._lines = self._draw(width, self.size.height - 1)
        if y == 0:
            return strip(that_fit(self._whole_heading, width), width, base)
        return strip(self._lines[y - 1] if y <= len(self._lines) else [], width, base)

    @property
    def _whole_heading(self) -> tuple[Span, ...]:
        return _with_note(self._heading, self._lines or [])

    def _draw(self, width: int, height: int) -> list[Row]:
        if self._plot.is_empty:
            return [[("", "")]] * ((height - 1) // 2) + [[(self._empty.center(width), FAINT)]]
        return draw(self._plot, width, height)


def _with_note(heading: tuple[Span, ...], lines: list[Row]) -> tuple[Span, ...]:
    """A heading, with what a place means where points of several curves lie on each other."""
    shape = glyphs().points
    meet = any(shape in text for row in lines for text, _ in row)
    return (*heading, (f"  {shape} of several runs", MUTED)) if meet else heading
