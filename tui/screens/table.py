"""What the table of runs and the trash have in common: a table, and the highlighted run beside it."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.columns.chosen import columns_of
from bertft_tui.tui.columns.column import RunColumn, Table, View
from bertft_tui.tui.curves import series_names
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.hanging import Hanging
from bertft_tui.tui.interests.curves import Curves
from bertft_tui.tui.interests.verdict_against import verdicts_on
from bertft_tui.tui.messages import RunHighlighted, RunOpened
from bertft_tui.tui.rows import GroupRow, Row
from bertft_tui.tui.screens.run_actions import RunActions
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.run_panel import RunPanel
from bertft_tui.tui.widgets.run_table import RunTable

#: From this width on both panes are shown.
WIDE = 110


class TableScreen(RunActions):
    """A table of runs; from 110 columns on the highlighted run stands beside it, else behind a key."""

    TABLE: ClassVar[Table]
    AUTO_FOCUS: ClassVar[str] = "RunTable"

    def __init__(self) -> None:
        super().__init__()
        self._pane = 1
        self._marks: frozenset[str] = frozenset()
        self._follows = False  # whether the panel is about to be

    def compose_body(self) -> ComposeResult:
        """The table and the panel, or a text when there is nothing."""
        yield Static(id="welcome")
        with Horizontal(id="panes"):
            yield RunTable()
            yield RunPanel()

    @property
    def table(self) -> RunTable:
        """The table of runs."""
        return self.query_one(RunTable)

    @property
    def selected(self) -> RunRecord | None:
        """The highlighted run; of a group, its newest."""
        row = self.table.row
        run_id = row.ids[0] if isinstance(row, GroupRow) else self.table.cursor
        return self.bertft.snapshot.run(run_id)

    @property
    def targets(self) -> tuple[RunRecord, ...]:
        """The marked runs, in the order of the table where they are in it; else the highlighted run or group."""
        snapshot, row = self.bertft.snapshot, self.table.row
        if self._marks:
            in_table = [row.id for row in self.table.rows if isinstance(row, RunRecord) and row.id in self._marks]
            ids = [*in_table, *sorted(self._marks.difference(in_table))]
        elif isinstance(row, GroupRow):
            ids = list(row.ids)
        else:
            ids = [self.table.cursor] if self.table.cursor is not None else []
        return tuple(run for run_id in ids if (run := snapshot.run(run_id)) is not None)

    def interests(self) -> Interests:
        """The curves of the highlighted run, and what to make of it."""
        run = self.selected
        if run is None:
            return ()
        curves, baseline = Curves(run.id, series_names(run, self.bertft.metric)), self.bertft.snapshot.baseline
        return (curves, *verdicts_on(run, baseline, self.bertft.metric))

    def rows(self, snapshot: Snapshot) -> Sequence[Row]:
        """What the table shows, in order."""
        raise NotImplementedError

    def columns(self) -> list[RunColumn]:
        """The columns that the table may show."""
        return columns_of(self.TABLE)

    def view(self, snapshot: Snapshot) -> View:
        """What the cells depend on beside the runs."""
        raise NotImplementedError

    def welcome(self, snapshot: Snapshot) -> Content | Hanging:
        """What stands here when there is nothing."""
        raise NotImplementedError

    def nothing(self, width: int) -> Sequence[Span]:
        """The lines, for so many cells, that stand in the table when there are runs but none of them is in it."""
        return ()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring table and panel up to date."""
        wide = self.app.size.width >= WIDE
        self.set_class(not wide and self._pane == 1, "-only-table")
        self.set_class(not wide and self._pane == 2, "-only-panel")
        empty = not self.in_sight(snapshot) and snapshot.revision >= 0
        self.set_class(empty, "-no-runs")
        if empty:
            words = self.query_one("#welcome", Static)
            words.update(self.welcome(snapshot))
            words.set_class(isinstance(words.content, Hanging), "-list")
        self._marks = frozenset(run_id for run_id in self._marks if snapshot.run(run_id) is not None)
        rows = self.rows(snapshot)
        self.table.nothing = () if rows else self.nothing(self.table.size.width - 2)
        self.table.show(rows, self.columns(), self.view(snapshot), self._marks)
        self._show_panel(snapshot)

    def _show_panel(self, snapshot: Snapshot) -> None:
        run = self.selected
        panel = self.query_one(RunPanel)
        panel.show(snapshot, run.id if run is not None else None, self.bertft.metric, self.bertft.charts)

    def on_run_highlighted(self, event: RunHighlighted) -> None:
        """Show the run under the cursor beside the table, when the cursor is seen there: keys may come faster."""
        if not self._follows:
            self._follows = True
            self.call_after_refresh(self._follow_cursor)

    def _follow_cursor(self) -> None:
        self._follows = False
        if not self.is_attached:
            return
        self._show_panel(self.bertft.snapshot)
        if self.is_in_charge:
            self.bertft.feed.watch(self.interests())

    def on_run_opened(self, event: RunOpened) -> None:
        """Open a run's own screen."""
        self.bertft.open_run(event.run_id)

    def action_open_run(self) -> None:
        """Open the highlighted run, or open and close a group."""
        if self.require_run() is not None:
            self.table.action_open()

    def action_pane(self, number: int) -> None:
        """Show the table or the panel; both are there when the terminal is wide."""
        self._pane = number
        self.show()
        target = self.table if number == 1 else self.query_one("#panel-words")
        self.call_after_refresh(target.focus)

    def action_next_pane(self) -> None:
        """The other pane."""
        self.action_pane(3 - self._pane)

    def leave_panel(self) -> bool:
        """Go from the panel back to the table; False where one is there already."""
        if self._pane == 1:
            return False
        self.action_pane(1)
        return True

    def action_mark(self) -> None:
        """Mark the run under the cursor, or no longer, and go on to the next."""
        row = self.table.row
        if row is None:
            self.require_run()
            return
        ids = frozenset(row.ids if isinstance(row, GroupRow) else (row.id,))
        self._marks = self._marks - ids if ids <= self._marks else self._marks | ids
        self.show()
        self.table.action_cursor(1)

    def action_mark_range(self) -> None:
        """Mark what lies between the nearest marked run and the cursor."""
        rows, here = self.table.rows, self.table.index
        places = [place for place, row in enumerate(rows) if isinstance(row, RunRecord) and row.id in self._marks]
        if here is None or not places:
            self.notify("Mark one end with space first.", severity="warning", markup=False)
            return
        there = min(places, key=lambda place: abs(place - here))
        between = rows[min(here, there) : max(here, there) + 1]
        self._marks |= {row.id for row in between if isinstance(row, RunRecord)}
        self.show()

    def action_mark_all(self) -> None:
        """Mark all runs of the table; none when all are marked."""
        ids = frozenset(row.id for row in self.table.rows if isinstance(row, RunRecord))
        ids |= {run_id for row in self.table.rows if isinstance(row, GroupRow) for run_id in row.ids}
        self._marks = frozenset() if ids <= self._marks else self._marks | ids
        self.show()

    def forget_marks(self) -> None:
        """Let no run be marked any more."""
        self._marks = frozenset()
        self.show()
