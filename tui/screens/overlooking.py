"""What looks at many runs as one thing: a heading, a chart where there is something to draw, and a list of runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import BRIGHT, MUTED, TEXT
from bertft_tui.tui.interests.interest import Interest, T
from bertft_tui.tui.screens.boards import BoardScreen
from bertft_tui.tui.widgets.board_line import Line
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.curve_chart import CurveChart
from bertft_tui.tui.widgets.plot import Plot
from bertft_tui.tui.widgets.run_board import LayOut, RunBoard
from bertft_tui.tui.widgets.strips import wrap_cells

#: From this width on the chart stands beside the list.
_BESIDE = 150

#: A chart: its heading and its plot.
Drawn = tuple[tuple[Span, ...], Plot]

#: Lines that a note may take.
_MOST_LINES = 6

_READING = Content.styled("reading…", MUTED)


class Overlooking(BoardScreen):
    """A screen about many runs; keys act on the one under the cursor of its list."""

    def __init__(self) -> None:
        super().__init__()
        self._had: Mapping[Interest[Any], Any] = {}

    def answer(self, interest: Interest[T]) -> T | None:
        """What the feed says; just after coming back here, before it is asked again, what it said before."""
        known = self.bertft.snapshot.answer(interest)
        if known is not None:
            self._had = {interest: known}
            return known
        return self._had.get(interest)

    def compose_body(self) -> ComposeResult:
        """Heading, chart, list."""
        yield Static(_READING, id="many-heading")
        with Container(id="many-body"):
            yield CurveChart()
            yield RunBoard()

    def put(
        self,
        title: str,
        sentences: Sequence[str],
        lay_out: LayOut,
        drawn: Drawn | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        """Show a title, sentences under it, a chart, the lines of the list, and notes at its end."""
        lines = [content(title, f"{BRIGHT} bold", limit=300)]
        lines += [content(words, TEXT, limit=600) for words in sentences]
        self.query_one("#many-heading", Static).update(Content("\n").join(lines))
        body = self.query_one("#many-body")
        body.set_class(drawn is not None, "-drawn")
        body.set_class(self.app.size.width >= _BESIDE, "-beside")
        if drawn is not None:
            self.query_one(CurveChart).show(*drawn)
        self.board.show(_with_notes(lay_out, notes))


def _with_notes(lay_out: LayOut, notes: Sequence[str]) -> LayOut:
    """Lines, and behind them notes, each in as many lines as it needs."""

    def lay_out_all(width: int) -> tuple[Sequence[Line], Sequence[Line]]:
        head, lines = lay_out(width)
        below = [text for note in notes for text in wrap_cells(clean(note, limit=600), max(width, 1), _MOST_LINES)]
        return head, [*lines, *[Line()] * bool(lines and below), *(Line(((text, MUTED),)) for text in below)]

    return lay_out_all
