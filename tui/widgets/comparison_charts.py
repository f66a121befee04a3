"""The curves of several runs: a legend, the training losses, and a metric."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from bertft_tui.tui.format import clean
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, FAINT, MUTED, glyphs
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.curve_chart import CurveChart
from bertft_tui.tui.widgets.plot import Plot
from bertft_tui.tui.widgets.strips import fit_cells

#: From this width on, for a height that leaves little, the charts stand side by side.
_SIDE_BY_SIDE = 76
_LOW = 22

#: Cells of a name in the legend, the most that fit is taken; with none the numbers have to do.
_NAMES = (48, 32, 24, 16, 10, 0)

Heading = tuple[Span, ...]


@dataclass(frozen=True)
class Switch:
    """A run in the legend."""

    run_id: str
    label: str
    name: str
    colour: str
    is_on: bool

    @property
    def spans(self) -> tuple[Span, Span]:
        """The number and the colour of the curve; an empty square when it is not drawn."""
        shapes = glyphs()
        square = (f" {shapes.on}", self.colour) if self.is_on else (f" {shapes.off}", FAINT)
        return ((self.label, f"{ACCENT} bold"), square)


class ComparisonCharts(Vertical):
    """Losses and a metric of several runs, under one legend."""

    def __init__(self) -> None:
        super().__init__()
        self._switches: Sequence[Switch] = ()
        self._highlighted: str | None = None

    def compose(self) -> ComposeResult:
        """Legend, charts."""
        yield Static(id="compare-legend")
        with Container(id="compare-charts"):
            yield CurveChart(id="compare-loss")
            yield CurveChart(id="compare-metric")

    def show(
        self,
        switches: Sequence[Switch],
        loss: tuple[Heading, Plot],
        metric: tuple[Heading, Plot],
    ) -> None:
        """Draw other curves, or more of the same."""
        self._switches = switches
        self._show_legend()
        self.query_one("#compare-loss", CurveChart).show(*loss)
        self.query_one("#compare-metric", CurveChart).show(*metric)

    def highlight(self, run_id: str | None) -> None:
        """Mark another run in the legend."""
        self._highlighted = run_id
        self._show_legend()

    def on_resize(self) -> None:
        """Choose between side by side and one over the other, and what of the names fits."""
        self._show_legend()
        side = self.size.width >= _SIDE_BY_SIDE and self.size.height < _LOW
        self.set_class(side, "-side-by-side")

    def _show_legend(self) -> None:
        width, most = self.size.width, max(1, self.size.height // 5)
        self.query_one("#compare-legend", Static).update(legend(self._switches, self._highlighted, width, most))


def legend(switches: Sequence[Switch], highlighted: str | None, width: int, most: int) -> Content:
    """Number, colour and name of each run on at most so many lines; names are cut when they do not fit."""
    for cells in _NAMES:
        entries = [_entry(switch, cells, is_highlighted=switch.run_id == highlighted) for switch in switches]
        lines = _packed(entries, width)
        if len(lines) <= most or not cells:
            break
    return Content("\n").join([Content("  ").join(line) for line in lines])


def _entry(switch: Switch, cells: int, *, is_highlighted: bool) -> Content:
    name = clean(switch.name, limit=100)
    if cell_len(name) > cells:
        name = fit_cells(name, cells)
    style = (BRIGHT if is_highlighted else MUTED) if switch.is_on else FAINT
    line = " underline" if is_highlighted else ""
    return Content.assemble(*switch.spans, (f" {name}" if name else "", style + line))


def _packed(entries: Sequence[Content], width: int) -> list[list[Content]]:
    """Fill lines one after the other."""
    lines: list[list[Content]] = [[]]
    used = 0
    for entry in entries:
        needed = cell_len(entry.plain) + 2
        if lines[-1] and used + needed > width + 2:
            lines.append([])
            used = 0
        lines[-1].append(entry)
        used += needed
    return lines
