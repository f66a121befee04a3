"""The charts of a run: as many as there is room for, in one or two columns."""

from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message

from bertft_tui.tui.chart_headings import heading_of
from bertft_tui.tui.chart_plots import Picture, plot_of
from bertft_tui.tui.widgets.curve_chart import NO_POINTS, READING, CurveChart

#: The most charts that are in sight at once.
MOST = 4

#: What a chart needs to be worth looking at, with its heading and its axis.
_LEAST_WIDTH = 38
_LEAST_HEIGHT = 7

#: Charts that are lower than this stand side by side rather than one over the other.
_LOW = 11


class Arrangement(NamedTuple):
    """How many charts stand beside and over each other."""

    columns: int
    rows: int


def arrange(width: int, height: int, most: int) -> Arrangement:
    """Choose how charts stand, so that the most are in sight, and of two ways that which leaves them less flat."""
    columns, rows = max(1, width // _LEAST_WIDTH), max(1, height // _LEAST_HEIGHT)
    if most == 1:
        return Arrangement(1, 1)
    if most == 2:
        return Arrangement(2, 1) if columns > 1 and height < 2 * _LOW else Arrangement(1, min(2, max(1, height // 5)))
    across = min(2, columns)
    return Arrangement(across, min(rows, -(-most // across)))


class RunCharts(Container):
    """Charts of one run. `most`: how many at once at most."""

    class Clicked(Message):
        """Somebody pointed at a place on the x axis."""

        def __init__(self, place: float) -> None:
            super().__init__()
            self.place = place

    class Rearranged(Message):
        """There is room for more charts, or for fewer."""

    def __init__(self, most: int = 2) -> None:
        super().__init__()
        self._most = most
        self._shown: tuple[Picture, tuple[str, ...]] | None = None

    def compose(self) -> ComposeResult:
        """The charts, in the order of the list."""
        for number in range(self._most):
            yield CurveChart(id=f"chart-{number + 1}")

    @property
    def arrangement(self) -> Arrangement:
        """How the charts stand at the present size."""
        return arrange(self.size.width, self.size.height, self._most)

    @property
    def columns_of_dots(self) -> int:
        """About how many places a cursor can have in one chart."""
        return max(10, self.size.width // self.arrangement.columns - 8)

    def in_sight(self, charts: tuple[str, ...], first: int) -> tuple[str, ...]:
        """Those of a run's charts for which there is room, from one on; behind the last comes the first."""
        columns, rows = self.arrangement
        count = min(len(charts), self._most, columns * rows)
        return tuple(charts[(first + place) % len(charts)] for place in range(count))

    def show(self, picture: Picture, charts: tuple[str, ...]) -> None:
        """Draw another run, or more of this one: of `charts` those that are in sight."""
        self._shown = picture, charts
        names, columns = self.in_sight(charts, picture.view.first), self.arrangement.columns
        self.styles.grid_size_columns = columns
        self.styles.grid_size_rows = max(1, -(-len(names) // columns))
        for place, chart in enumerate(self.query(CurveChart)):
            chart.display = place < len(names)
            if place < len(names):
                name = names[place]
                empty = NO_POINTS if name in picture.series else READING
                chart.show(heading_of(picture, name), plot_of(picture, name), empty)

    def on_resize(self) -> None:
        """Choose again how the charts stand, and say so: others may be in sight now."""
        if self._shown is not None:
            self.show(*self._shown)
        self.post_message(self.Rearranged())

    def on_click(self, event: events.Click) -> None:
        """Say which place on the x axis was meant."""
        chart, _ = self.screen.get_widget_at(event.screen_x, event.screen_y)
        if isinstance(chart, CurveChart) and (place := chart.place_at(event.screen_x)) is not None:
            self.post_message(self.Clicked(place))
