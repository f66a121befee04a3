"""The home screen: all runs, filtered, sorted and grouped as one likes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from bertft_tui.core.analysis.comparability import obstacles
from bertft_tui.core.store import commands
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.arrangement_words import nothing_words
from bertft_tui.tui.columns.chosen import columns_of
from bertft_tui.tui.columns.column import RunColumn, Table, View
from bertft_tui.tui.deeds import Deed
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.hanging import Hanging
from bertft_tui.tui.interests.page import Page, RunsPage
from bertft_tui.tui.interests.sizes import RunSizes
from bertft_tui.tui.interests.standings import Standing, Standings
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.page_rows import page_rows
from bertft_tui.tui.rows import GroupRow, Row
from bertft_tui.tui.run_words import called
from bertft_tui.tui.screens.arranging import Arranging
from bertft_tui.tui.screens.overlook_actions import OverlookActions
from bertft_tui.tui.screens.table import WIDE
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.filter_line import FilterLine
from bertft_tui.tui.widgets.run_table import RunTable

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
_NO_RUNS = Content("\n").join(
    [
        Content.styled("No runs yet.", f"{BRIGHT} bold"),
        Content(""),
        Content.assemble(("n", _KEY), (" starts one, ", MUTED), ("?", _KEY), (" shows all keys.", MUTED)),
    ]
)

#: Runs that may be compared side by side.
_COMPARED = (2, 20)


class RunsScreen(Arranging, OverlookActions):
    """All runs, newest first unless sorted."""

    SCOPE: ClassVar[Scope] = "runs"
    BINDINGS: ClassVar[list[BindingType]] = bindings("runs")
    TABLE: ClassVar[Table] = "runs"

    def __init__(self) -> None:
        super().__init__()
        self._opened: frozenset[str] = frozenset()  # the keys of the groups whose runs are shown
        self._page = Page()  # the newest that was read: another question has no answer yet
        self._expected: tuple[str, ...] = ()  # runs that were just launched

    def compose_body(self) -> ComposeResult:
        """The filter over table and panel."""
        yield FilterLine()
        yield from super().compose_body()

    def interests(self) -> Interests:
        """The page, the curves of the highlighted run, sizes of those in sight and how sure their figures are."""
        in_sight = tuple(row.id for row in self.table.rows_in_sight if isinstance(row, RunRecord))
        page = RunsPage(self.selection, self.arrangement.group_by)
        return (page, *super().interests(), RunSizes(in_sight), self._standings(in_sight))

    def _standings(self, ids: tuple[str, ...]) -> Standings:
        """What is asked about runs against the baseline."""
        base = self.bertft.snapshot.baseline
        return Standings(ids, base.id if base is not None else None, self.bertft.metric)

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """All runs outside the trash."""
        return snapshot.runs

    def rows(self, snapshot: Snapshot) -> Sequence[Row]:
        """The page's runs, pinned ones first; or its groups."""
        page = snapshot.answer(RunsPage(self.selection, self.arrangement.group_by))
        if page is not None:  # while a filter is not understood, what was found before stays
            shown = page if page.problem is None else self._page
            self._page = replace(shown, problem=page.problem, unfinished=page.unfinished)
        elif not self._page.ids and self.arrangement.is_plain:
            return page_rows(Page(tuple(run.id for run in snapshot.runs)), (), snapshot, self._opened)
        return page_rows(self._page, self.arrangement.group_by, snapshot, self._opened)

    def columns(self) -> list[RunColumn]:
        """The chosen columns."""
        return columns_of("runs", self.arrangement.columns)

    def view(self, snapshot: Snapshot) -> View:
        """With the baseline, and what was measured on the disk."""
        chosen = self.arrangement
        answers = (held for asked, held in snapshot.answers.items() if isinstance(asked, RunSizes))
        sizes: Mapping[str, int] = next(answers, {})
        known = (held for asked, held in snapshot.answers.items() if isinstance(asked, Standings))
        standings: Mapping[str, Standing] = next(known, {})
        base, by = snapshot.baseline, self.bertft.metric
        ranked = self._ranked(snapshot)
        return View(by, snapshot.age, chosen.sort, chosen.reverse, "runs", sizes, base, ranked, standings)

    def _ranked(self, snapshot: Snapshot) -> RunRecord | None:
        """The run that the others stand in one ranking with: the baseline, else the first; None without a ranking."""
        sort = self.arrangement.sort
        if sort not in ("best", "last") and not sort.startswith("metric:"):
            return None
        runs = (snapshot.run(run_id) for run_id in self._page.ids)
        return snapshot.baseline or next((run for run in runs if run is not None and run.metrics), None)

    def welcome(self, snapshot: Snapshot) -> Content | Hanging:
        """What stands here when there is nothing."""
        if snapshot.trash:
            return _ALL_DELETED
        if self.bertft.tour is None:
            return _NO_RUNS
        from bertft_tui.tui.tour import tour_page  # one start in a lifetime needs it

        return tour_page(self.bertft.tour)

    def nothing(self, width: int) -> Sequence[Span]:
        """That no run matches, why, and what to do."""
        page = self._page
        return nothing_words(page, width) if self.arrangement.where and page.total and not page.matching else ()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring filter, table and panel up to date, and go where the app wants to."""
        super().show_snapshot(snapshot)
        marked = (ranked := self._ranked(snapshot)) is not None and self._is_mixed(ranked)
        self.show_filter(self._page, mixed=marked)
        self._take_highlight()

    def _is_mixed(self, ranked: RunRecord) -> bool:
        """Whether runs in sight were scored on other texts than the one that they are ranked with."""
        runs = (row for row in self.table.rows_in_sight if isinstance(row, RunRecord) and row.metrics)
        return any(obstacles(ranked, run) for run in runs)

    def expect(self, run_ids: Sequence[str]) -> None:
        """Have runs that were just launched in sight as soon as they are read."""
        self._expected = tuple(run_ids)
        if len(run_ids) > 1:
            self.leave_panel()

    def _take_highlight(self) -> None:
        """Go to the run that was just launched, or that the app was opened for."""
        wanted = self.bertft.highlight
        if wanted is None:
            return
        if self.table.move_to(wanted):
            self.table.bring_in_sight(self._expected)
            self.bertft.highlight, self._expected = None, ()
            opened_for, self.bertft.opened_for = self.bertft.opened_for, None
            if wanted == opened_for and self.app.size.width < WIDE:
                self.bertft.open_run(wanted)  # there is no room for its curves beside the table
        elif wanted in self._expected and self._is_selected_since(wanted):
            self._lay_open(wanted)

    def _is_selected_since(self, run_id: str) -> bool:
        """Whether the page was selected when a run was there already, as it is now."""
        run = self.bertft.snapshot.run(run_id)
        return run is not None and self._page.revision >= run.revision

    def _lay_open(self, run_id: str) -> None:
        """Open the group that hides a run that was just launched; say so where it is the filter."""
        groups = [row for row in self.table.rows if isinstance(row, GroupRow) and run_id in row.ids]
        if groups and not groups[0].is_open:
            self._opened |= {groups[0].key}
            self.call_after_refresh(self.show)
        elif not groups and self.arrangement.where:
            count, self.bertft.highlight, self._expected = len(self._expected), None, ()
            what = "the new run" if count == 1 else f"the {count} new runs"
            self.notify(f"The filter hides {what}: esc shows all.", severity="warning", markup=False)

    def on_run_table_unfolded(self, event: RunTable.Unfolded) -> None:
        """Show the runs of a group, or hide them."""
        self._opened = self._opened | {event.key} if event.is_open else self._opened - {event.key}
        self.show()

    def action_new_run(self) -> None:
        """Start a run from a preset."""
        self.bertft.open_presets()

    def action_open_trash(self) -> None:
        """Show the trash."""
        self.bertft.open_trash()

    def action_open_queue(self) -> None:
        """Show the devices and the queue."""
        self.bertft.open_queue()

    def action_compare(self) -> None:
        """Compare the marked runs; with none or one marked, the highlighted one with the baseline."""
        baseline = self.bertft.snapshot.baseline
        ids = [run.id for run in self.targets]
        if len(ids) == 1 and baseline is not None and baseline.id not in ids:
            ids.insert(0, baseline.id)
        least, most = _COMPARED
        if not least <= len(ids) <= most:
            words = "Mark the runs to compare with space; p makes one the baseline."
            if len(ids) > most:
                words = f"{len(ids)} runs are too many to compare: {most} at most."
            self.notify(words, severity="warning", markup=False)
            return
        self.bertft.open_comparison(tuple(ids), baseline.id if baseline is not None else None)

    def action_baseline(self) -> None:
        """Let the highlighted run be what the others are compared with, or no longer."""
        if (run := self.require_run()) is None:
            return
        before = self.bertft.snapshot.baseline
        before_id = before.id if before is not None else None
        chosen = None if run.id == before_id else run.id
        words = f"{called([run])} is the baseline." if chosen else "There is no baseline any more."
        self._say(
            (run.id,),
            lambda: commands.choose_baseline(self.bertft.db, chosen),
            lambda: commands.choose_baseline(self.bertft.db, before_id),
            words,
        )

    def action_pin(self) -> None:
        """Keep the runs at the top of the table, or no longer."""
        if not (runs := self.require_runs()):
            return
        ids, pinned = [run.id for run in runs], any(run.pinned_at is None for run in runs)
        db = self.bertft.db
        before = [run.id for run in runs if (run.pinned_at is None) is pinned]
        words = (
            f"{called(runs)} {'stay' if len(runs) > 1 else 'stays'} at the top." if pinned else "No longer pinned."
        )
        self._say(
            tuple(ids),
            lambda: commands.pin(db, ids, pinned=pinned),
            lambda: commands.pin(db, before, pinned=not pinned),
            words,
        )
        self.forget_marks()

    def _say(self, ids: tuple[str, ...], do: Callable[[], Any], undo: Callable[[], Any], words: str) -> None:
        """Write something about runs; z takes it back."""

        def take_back() -> str:
            undo()
            return f"Taken back: {words}"

        def write() -> None:
            do()
            self.bertft.deeds.add(Deed(ids, take_back))

        self.bertft.perform(write, done=words)

    def action_back(self) -> None:
        """Leave one layer: the panel, the marks, the filter, the groups."""
        if self.leave_panel():
            return
        if self._marks:
            self.forget_marks()
        elif self.arrangement.where:
            self.rearrange(where="")
        elif self.arrangement.group_by:
            self.rearrange(group_by=())
        elif self.bertft.tour is not None:
            self.bertft.action_leave_tour()
        else:
            self.notify("This is home. q leaves the program.", timeout=2, markup=False)
