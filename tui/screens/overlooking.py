"""What looks at many runs as one thing: a heading, a chart where there is something to draw, and a list of runs."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import BRIGHT, MUTED, TEXT
from bertft_tui.tui.messages import RunOpened
from bertft_tui.tui.screens.run_actions import RunActions
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


class Overlooking(RunActions):
    """A screen about many runs; keys act on the one under the cursor of its list."""

    def compose_body(self) -> ComposeResult:
        """Heading, chart, list."""
        yield Static(_READING, id="many-heading")
        with Container(id="many-body"):
            yield CurveChart()
            yield RunBoard()

    @property
    def board(self) -> RunBoard:
        """The list."""
        return self.query_one(RunBoard)

    @property
    def selected(self) -> RunRecord | None:
        """The run under the cursor."""
        return self.bertft.snapshot.run(self.board.cursor)

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

    def on_screen_resume(self) -> None:
        """Give the list the keys."""
        self.call_after_refresh(self.board.focus)

    def on_run_opened(self, event: RunOpened) -> None:
        """Open a run's own screen."""
        self.bertft.open_run(event.run_id)

    def action_open_run(self) -> None:
        """Open the run under the cursor."""
        if (run := self.require_run()) is not None:
            self.bertft.open_run(run.id)

    def action_back(self) -> None:
        """Back to where one was."""
        self.app.pop_screen()


def _with_notes(lay_out: LayOut, notes: Sequence[str]) -> LayOut:
    """Lines, and behind them notes, each in as many lines as it needs."""

    def lay_out_all(width: int) -> tuple[Sequence[Line], Sequence[Line]]:
        head, lines = lay_out(width)
        below = [text for note in notes for text in wrap_cells(clean(note, limit=600), max(width, 1), _MOST_LINES)]
        return head, [*lines, *[Line()] * bool(lines and below), *(Line(((text, MUTED),)) for text in below)]

    return lay_out_all
