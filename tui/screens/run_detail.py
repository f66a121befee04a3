"""One run: progress, curves, and panes of everything else that there is to know about it."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from bertft_tui.core.scheduling.texts_again import Reading
from bertft_tui.core.store.records import RunRecord, VitalsSummary
from bertft_tui.tui.chart_headings import place_words
from bertft_tui.tui.chart_plots import Picture
from bertft_tui.tui.curves import ChartView, Happenings, chart_names, series_of_charts
from bertft_tui.tui.describe import (
    data_block,
    device_block,
    heading,
    metrics_block,
    problem_block,
    said_block,
    status_line,
    turns_block,
)
from bertft_tui.tui.describe_verdict import verdict_block
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.interests.curves import Curves
from bertft_tui.tui.interests.history import History, RunHistory
from bertft_tui.tui.interests.log_end import LogEnd
from bertft_tui.tui.interests.sure import intervals_in
from bertft_tui.tui.interests.verdict_against import verdicts_on
from bertft_tui.tui.interests.vitals import LatestVitals, VitalsOverTime
from bertft_tui.tui.keys import Command, Scope, bindings, commands
from bertft_tui.tui.metric_choice import metric_of
from bertft_tui.tui.panes.texts import PANE_KEYS, PANES, WORDS
from bertft_tui.tui.panes.vitals import vitals_block
from bertft_tui.tui.progress import progress_spans
from bertft_tui.tui.screens.chart_actions import ChartActions
from bertft_tui.tui.screens.pane_actions import PaneActions
from bertft_tui.tui.screens.table import WIDE
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.texts_held import ReadsTexts
from bertft_tui.tui.widgets.charts import MOST, RunCharts
from bertft_tui.tui.widgets.class_view import ClassView
from bertft_tui.tui.widgets.example_pane import ExamplePane
from bertft_tui.tui.widgets.find_line import FindLine
from bertft_tui.tui.widgets.lines import KeyLine
from bertft_tui.tui.widgets.log_view import LogView
from bertft_tui.tui.widgets.pane_tabs import PaneTabs
from bertft_tui.tui.widgets.saying import say, say_if_any
from bertft_tui.tui.widgets.strips import that_fit


class RunScreen(PaneActions, ChartActions):
    """Everything about one run. In a wide terminal the curves stay beside the other panes."""

    SCOPE: ClassVar[Scope] = "run"
    BINDINGS: ClassVar[list[BindingType]] = bindings("run")

    def __init__(self, run_id: str, pane: int = 1, make_reading: Callable[[], ReadsTexts] = Reading) -> None:
        """`make_reading`: what reads the evaluation texts again."""
        super().__init__()
        self._run_id = run_id
        self.pane = pane
        self._make_reading = make_reading

    def compose_body(self) -> ComposeResult:
        """Heading, tabs, curves on the left, the other panes on the right."""
        yield Static(id="run-heading")
        yield Static(id="run-progress")
        yield Static(id="run-problem")
        yield PaneTabs(PANE_KEYS)
        with Horizontal(id="run-body"):
            with Vertical(id="run-left"):
                yield Static(id="run-place")
                yield RunCharts(MOST)
                with VerticalScroll(id="pane-curves"):
                    yield Static(id="run-metrics")
            with Vertical(id="run-right"):
                with ContentSwitcher(id="run-panes", initial="pane-settings"):
                    for name in WORDS:
                        with VerticalScroll(id=f"pane-{name}"):
                            yield Static(id=f"text-{name}")
                    yield LogView(id="pane-log")
                    yield ClassView(id="pane-classes")
                    yield ExamplePane(self._make_reading, "wrong", id="pane-examples")
                yield FindLine()

    @property
    def selected(self) -> RunRecord | None:
        """The run of this screen."""
        return self.bertft.snapshot.run(self._run_id)

    @property
    def history(self) -> RunHistory | None:
        """What happened to the run; None before it was read."""
        return self.bertft.snapshot.answer(History(self._run_id))

    @property
    def picture(self) -> Picture | None:
        """What the charts are drawn from; None before it was read."""
        run, series = self.selected, self.bertft.snapshot.series(self._run_id, self.view.stretch)
        if run is None or series is None:
            return None
        history = self.history or RunHistory()
        happenings = Happenings(tuple(each.step for each in history.checkpoints), history.resumed)
        metric = metric_of(run, self.bertft.metric)
        return Picture(run, series, metric, self.bertft.charts, self.view, happenings)

    def interests(self) -> Interests:
        """Everything about the run that is in sight."""
        run = self.selected
        if run is None:
            return ()
        names, part = series_of_charts(self.names(run)), self.view.stretch
        curves = tuple(Curves(run.id, (name,)) for name in names)  # each for itself: others may come into sight
        zoomed = tuple(Curves(run.id, (name,), part) for name in names) if part is not None else ()
        verdicts = verdicts_on(run, self.bertft.snapshot.baseline, self.bertft.metric)
        interests: Interests = (*curves, *zoomed, *verdicts, History(run.id), LatestVitals(run.id))
        more: dict[str, Interests] = {
            "log": (LogEnd(run.id),),
            "vitals": (VitalsOverTime(run.id),),
            "classes": (self.judged_of(run),),
            "examples": self.example_pane.interests,
        }
        return interests + more.get(self.pane_in_sight, ())

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """The run of this screen."""
        return (self.selected,) if self.selected is not None else ()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring heading, curves and the visible pane up to date."""
        run = self.selected
        if run is None:
            self._leave_if_purged(snapshot)
            return
        wide = self.app.size.width >= WIDE and not self.alone
        self.set_class(not wide and self.pane == 1, "-only-left")
        self.set_class(not wide and self.pane != 1, "-only-right")
        self.set_class(self.alone and self.pane == 1, "-only-charts")
        self._show_top(run, snapshot)
        self._show_charts(run)
        self.show_pane(run, snapshot)
        self.query_one(KeyLine).put(keys_for(run, PANES[self.pane - 1]))

    def _leave_if_purged(self, snapshot: Snapshot) -> None:
        """Go back when the run is no more: somebody has purged it."""
        if snapshot.revision >= 0 and self.app.screen is self:  # else a dialog would go in its place
            self.notify("This run was purged.", severity="warning", markup=False)
            self.app.pop_screen()

    def _show_top(self, run: RunRecord, snapshot: Snapshot) -> None:
        line = Content.assemble(heading(run), "  ", status_line(run, snapshot))
        say(self.query_one("#run-heading", Static), line)
        progress = None
        if run.status.is_alive:
            spans = progress_spans(run, snapshot.age(run), self.app.size.width - 2, glyphs())
            progress = Content.assemble(*spans)
        say_if_any(self.query_one("#run-progress", Static), progress)
        problem = problem_block(run.error) if run.error is not None else None
        say_if_any(self.query_one("#run-problem", Static), problem)
        self.query_one(PaneTabs).show(self.pane)
        vitals = vitals_block(run, snapshot.answer(LatestVitals(run.id)) or VitalsSummary())
        blocks = [
            turns_block(run),
            said_block(run),
            verdict_block(run, snapshot),
            metrics_block(run, intervals_in(snapshot.answers, run)),
            data_block(run),
            device_block(run),
            vitals,
        ]
        words = Content("\n\n").join([block for block in blocks if block is not None])
        say(self.query_one("#run-metrics", Static), words)

    def _show_charts(self, run: RunRecord) -> None:
        picture = self.picture
        if picture is None:
            return
        charts = chart_names(run, self.bertft.metric)
        self.charts.show(picture, charts)
        place = self.query_one("#run-place", Static)
        spans = place_words(picture, self.charts.in_sight(charts, self.view.first), charts)
        say(place, Content.assemble(*that_fit(spans, max(10, place.size.width))), one_line=True)

    def on_screen_resume(self) -> None:
        """Give the keys to the visible pane."""
        super().on_screen_resume()
        self.call_after_refresh(self.focus_pane)

    def action_back(self) -> None:
        """Leave one layer: what is looked for, the cursor, the zoom, curves alone; then back to the table."""
        if self.end_finding():
            return
        if self.view.cursor is not None or self.view.stretch is not None:
            kept = self.view.stretch if self.view.cursor is not None else None
            self.look_at(ChartView(self.view.first, kept))
            return
        if self.has_class("-only-charts"):
            self.action_alone()
            return
        self.bertft.highlight = self._run_id
        self.app.pop_screen()

    def action_neighbour(self, by: int) -> None:
        """Go to the next run of the table, or the one before."""
        order = self.bertft.order_of_runs()
        place = order.index(self._run_id) + by if self._run_id in order else -1
        if not 0 <= place < len(order):
            words = "This is the last run of the table." if by > 0 else "This is the first run of the table."
            self.notify(words, severity="warning", markup=False)
            return
        self._run_id, self.view = order[place], ChartView()
        self.forget_pane()
        self.show()


#: What the keys of the screen do in a pane, for the footer: there they come first.
_OF_PANES: dict[str, tuple[str, ...]] = {"examples": ("find", "only"), "classes": ("only",)}


def keys_for(run: RunRecord, pane: str) -> list[Command]:
    """The keys of the footer: of a run in the trash the one that takes it out, not the one that moves it there."""
    own = [command for command in commands("examples") if command.footer and pane == "examples"]
    own += [command for command in commands("run") if command.action in _OF_PANES.get(pane, ())]
    shown = [*own, *(command for command in commands("run") if command.footer)]
    if run.trashed_at is None:
        return shown
    restore = next(command for command in commands("trash") if command.action == "undo")
    return [restore if command.action == "delete" else command for command in shown]
