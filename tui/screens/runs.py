"""The home screen: the table of runs, and the highlighted one beside it."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.curves import series_names
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.interests.curves import Curves
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.messages import RunHighlighted, RunOpened
from bertft_tui.tui.screens.run_actions import RunActions
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.widgets.run_columns import COLUMNS, View
from bertft_tui.tui.widgets.run_panel import RunPanel
from bertft_tui.tui.widgets.run_table import RunTable

#: From this width on both panes are shown.
WIDE = 110

_KEY = f"{ACCENT} bold"
_ALL_DELETED = Content("\n").join(
    [
        Content.styled("All runs are in the trash.", f"{BRIGHT} bold"),
        Content(""),
        Content.assemble(
            ("z", _KEY), (" takes the last one back, ", MUTED), ("D", _KEY), (" shows all, ", MUTED),
            ("n", _KEY), (" starts a new one.", MUTED),
        ),
    ]
)  # fmt: skip
_WELCOME = Content("\n").join(
    [
        Content.styled("No runs yet.", f"{BRIGHT} bold"),
        Content(""),
        Content.assemble(
            ("Press ", MUTED), ("n", _KEY), (" and choose ", MUTED), ("demo", BRIGHT), (": it trains", MUTED)
        ),
        Content.styled("a small BERT on BBC News in about a minute,", MUTED),
        Content.styled("without a network, and you can watch it learn.", MUTED),
        Content(""),
        Content.assemble(("?", _KEY), (" shows all keys, ", MUTED), ("q", _KEY), (" leaves.", MUTED)),
    ]
)


class RunsScreen(RunActions):
    """All runs, newest first unless sorted."""

    SCOPE: ClassVar[Scope] = "runs"
    BINDINGS: ClassVar[list[BindingType]] = bindings("runs")

    def __init__(self) -> None:
        super().__init__()
        self._pane = 1
        self._sort, self._reverse = "", False

    def compose_body(self) -> ComposeResult:
        """The table and the panel, or the welcome when there are no runs."""
        yield Static(_WELCOME, id="welcome")
        with Horizontal(id="panes"):
            yield RunTable()
            yield RunPanel()

    @property
    def table(self) -> RunTable:
        """The table of runs."""
        return self.query_one(RunTable)

    @property
    def selected(self) -> RunRecord | None:
        """The highlighted run."""
        return self.bertft.snapshot.run(self.table.cursor)

    def interests(self) -> Interests:
        """The curves of the highlighted run."""
        run = self.selected
        return (Curves(run.id, series_names(run, self.bertft.metric)),) if run is not None else ()

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """All runs outside the trash."""
        return snapshot.runs

    def held(self, snapshot: Snapshot) -> Mapping[str, int] | None:
        """What the runs hold on the disk; None where that is not shown."""
        return None

    def welcome(self, snapshot: Snapshot) -> Content:
        """What stands here when there is nothing."""
        return _ALL_DELETED if snapshot.trash else _WELCOME

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring table and panel up to date."""
        wide = self.app.size.width >= WIDE
        runs = self.in_sight(snapshot)
        self.set_class(not runs and snapshot.revision >= 0, "-no-runs")
        if not runs:
            self.query_one("#welcome", Static).update(self.welcome(snapshot))
        self.set_class(not wide and self._pane == 1, "-only-table")
        self.set_class(not wide and self._pane == 2, "-only-panel")
        view = View(self.bertft.metric, snapshot.age, self._sort, self._reverse, self.held(snapshot))
        self.table.show(runs, view)
        self.take_highlight()
        self._show_panel(snapshot)

    def take_highlight(self) -> None:
        """Go to the run that was just launched, or that the app was opened for."""
        wanted = self.bertft.highlight
        if wanted is not None and self.bertft.snapshot.run(wanted) is not None:
            self.bertft.highlight = None
            self.table.move_to(wanted)
            opened_for, self.bertft.opened_for = self.bertft.opened_for, None
            if wanted == opened_for and self.app.size.width < WIDE:
                self.bertft.open_run(wanted)  # there is no room for its curves beside the table

    def _show_panel(self, snapshot: Snapshot) -> None:
        self.query_one(RunPanel).show(snapshot, self.table.cursor, self.bertft.metric, self.bertft.charts)

    def on_run_highlighted(self, event: RunHighlighted) -> None:
        """Show the run under the cursor beside the table."""
        self._show_panel(self.bertft.snapshot)
        if self.is_uppermost:
            self.bertft.feed.watch(self.interests())

    def on_run_opened(self, event: RunOpened) -> None:
        """Open a run's own screen."""
        self.bertft.open_run(event.run_id)

    def action_open_run(self) -> None:
        """Open the highlighted run."""
        if (run := self.require_run()) is not None:
            self.bertft.open_run(run.id)

    def action_new_run(self) -> None:
        """Start a run from a preset."""
        self.bertft.open_presets()

    def action_open_trash(self) -> None:
        """Show the trash."""
        self.bertft.open_trash()

    def action_open_queue(self) -> None:
        """Show the devices and the queue."""
        self.bertft.open_queue()

    def action_pane(self, number: int) -> None:
        """Show the table or the panel; both are there when the terminal is wide."""
        self._pane = number
        self.show()
        target = self.table if number == 1 else self.query_one("#panel-words")
        self.call_after_refresh(target.focus)

    def action_next_pane(self) -> None:
        """The other pane."""
        self.action_pane(3 - self._pane)

    def action_sort(self) -> None:
        """Sort by the next column that is shown."""
        orders = self.table.orders
        place = orders.index(self._sort) if self._sort in orders else -1
        self._sort = orders[(place + 1) % len(orders)]
        title = next((column.title for column in COLUMNS if column.key == self._sort), "time")
        self.notify(f"Sorted by {title}.", timeout=2, markup=False)
        self.show()

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._reverse = not self._reverse
        self.show()
