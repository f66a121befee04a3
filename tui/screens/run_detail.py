"""One run: progress, curves, settings, events, log, attempts."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.curves import series_names
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
from bertft_tui.tui.describe_run import attempts_text, events_text, log_text, settings_text
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED, glyphs
from bertft_tui.tui.interests.curves import Curves
from bertft_tui.tui.interests.history import History
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.progress import progress_spans
from bertft_tui.tui.screens.run_actions import RunActions
from bertft_tui.tui.screens.table import WIDE
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.widgets.charts import RunCharts

#: What the number keys show.
PANES: tuple[str, ...] = ("curves", "settings", "events", "log", "attempts")

_READING = Content.styled("reading…", MUTED)


class RunScreen(RunActions):
    """Everything about one run. In a wide terminal the curves stay beside the other panes."""

    SCOPE: ClassVar[Scope] = "run"
    BINDINGS: ClassVar[list[BindingType]] = bindings("run")

    def __init__(self, run_id: str, pane: int = 1) -> None:
        super().__init__()
        self._run_id = run_id
        self._pane = pane

    def compose_body(self) -> ComposeResult:
        """Heading, tabs, curves on the left, the other panes on the right."""
        yield Static(id="run-heading")
        yield Static(id="run-progress")
        yield Static(id="run-problem")
        yield Static(id="run-tabs")
        with Horizontal(id="run-body"):
            with Vertical(id="run-left"):
                yield RunCharts()
                with VerticalScroll(id="pane-curves"):
                    yield Static(id="run-metrics")
            with ContentSwitcher(id="run-right", initial="pane-settings"):
                for name in PANES[1:]:
                    with VerticalScroll(id=f"pane-{name}"):
                        yield Static(id=f"text-{name}")

    def on_mount(self) -> None:
        """What grows at its end is followed, until somebody scrolls away from the end."""
        for name in ("events", "log"):
            self.query_one(f"#pane-{name}", VerticalScroll).anchor()

    @property
    def selected(self) -> RunRecord | None:
        """The run of this screen."""
        return self.bertft.snapshot.run(self._run_id)

    def interests(self) -> Interests:
        """Everything about the run."""
        return (Curves(self._run_id, series_names(self.selected, self.bertft.metric)), History(self._run_id))

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """The run of this screen."""
        return (self.selected,) if self.selected is not None else ()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring heading, curves and the visible pane up to date."""
        run = self.selected
        if run is None:
            self._leave_if_purged(snapshot)
            return
        wide = self.app.size.width >= WIDE
        self.set_class(not wide and self._pane == 1, "-only-left")
        self.set_class(not wide and self._pane != 1, "-only-right")
        self._show_top(run, snapshot)
        if (series := snapshot.series(run.id)) is not None:
            self.query_one(RunCharts).show(run, series, self.bertft.metric, self.bertft.charts)
        self._show_right(run, snapshot)

    def _leave_if_purged(self, snapshot: Snapshot) -> None:
        """Go back when the run is no more: somebody has purged it."""
        if snapshot.revision >= 0 and self.is_current:
            self.notify("This run was purged.", severity="warning", markup=False)
            self.app.pop_screen()

    def _show_top(self, run: RunRecord, snapshot: Snapshot) -> None:
        line = Content.assemble(heading(run), "  ", status_line(run, snapshot))
        self.query_one("#run-heading", Static).update(line)
        progress = self.query_one("#run-progress", Static)
        progress.display = run.status.is_alive
        if run.status.is_alive:
            spans = progress_spans(run, snapshot.age(run), self.app.size.width - 2, glyphs())
            progress.update(Content.assemble(*spans))
        problem = self.query_one("#run-problem", Static)
        problem.display = run.error is not None
        if run.error is not None:
            problem.update(problem_block(run.error))
        self.query_one("#run-tabs", Static).update(self._tabs())
        blocks = [turns_block(run), metrics_block(run), said_block(run), data_block(run), device_block(run)]
        words = Content("\n\n").join([block for block in blocks if block is not None])
        self.query_one("#run-metrics", Static).update(words)

    def _tabs(self) -> Content:
        pieces = [
            Content.assemble(
                (str(number), f"{ACCENT} bold"),
                (f" {name}", f"{BRIGHT} bold underline" if number == self._pane else MUTED),
            )
            for number, name in enumerate(PANES, 1)
        ]
        return Content("   ").join(pieces)

    def _show_right(self, run: RunRecord, snapshot: Snapshot) -> None:
        switcher = self.query_one("#run-right", ContentSwitcher)
        if self._pane > 1:
            switcher.current = f"pane-{PANES[self._pane - 1]}"
        name = (switcher.current or "pane-settings").removeprefix("pane-")
        self.query_one(f"#text-{name}", Static).update(self._text(name, run, snapshot))

    def _text(self, name: str, run: RunRecord, snapshot: Snapshot) -> Content:
        """What stands in a pane."""
        if name == "settings":
            return settings_text(run, snapshot)
        history = snapshot.answer(History(run.id))
        if history is None:
            return _READING
        if name == "attempts":
            return attempts_text(run, history, str(self.bertft.db.path.run(run.id).path))
        return log_text(history.log) if name == "log" else events_text(history.events)

    def on_screen_resume(self) -> None:
        """Give the keys to the visible pane."""
        self.call_after_refresh(self._focus_pane)

    def _focus_pane(self) -> None:
        for pane in self.query(f"#pane-{PANES[self._pane - 1]}"):  # none when the screen was left meanwhile
            pane.focus()

    def action_pane(self, number: int) -> None:
        """Show a pane."""
        self._pane = number
        self.show()
        self.call_after_refresh(self._focus_pane)

    def action_next_pane(self) -> None:
        """The next pane, after the last the first."""
        self.action_pane(self._pane % len(PANES) + 1)

    def action_back(self) -> None:
        """Back to the table, the cursor on this run."""
        self.bertft.highlight = self._run_id
        self.app.pop_screen()
