"""The trash: the table of deleted runs with what they hold on the disk."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.columns.chosen import columns_of
from bertft_tui.tui.columns.column import Table, View
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.format import count_of, size
from bertft_tui.tui.glyphs import BRIGHT, MUTED
from bertft_tui.tui.interests.sizes import TrashSizes
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.run_words import called
from bertft_tui.tui.screens.table import TableScreen
from bertft_tui.tui.snapshot import Snapshot

_EMPTY = Content("\n").join(
    [Content.styled("The trash is empty.", f"{BRIGHT} bold"), Content(""), Content.styled("esc goes back.", MUTED)]
)


class TrashScreen(TableScreen):
    """Deleted runs, the last deleted first unless sorted. Only a purge frees what they hold."""

    SCOPE: ClassVar[Scope] = "trash"
    BINDINGS: ClassVar[list[BindingType]] = bindings("trash")
    NO_RUN: ClassVar[str] = "The trash is empty."
    TABLE: ClassVar[Table] = "trash"

    def __init__(self) -> None:
        super().__init__()
        self._sort, self._reverse = "", False

    @property
    def place(self) -> str:
        """How many lie here, and what they hold."""
        snapshot = self.bertft.snapshot
        sizes = snapshot.answer(TrashSizes())
        held = f", {size(sum(sizes.values()))}" if sizes else ""
        return f"trash: {count_of(len(snapshot.trash), 'run')}{held}"

    def interests(self) -> Interests:
        """The curves of the highlighted run, and the sizes."""
        return (*super().interests(), TrashSizes())

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """What lies in the trash."""
        return snapshot.trash

    def rows(self, snapshot: Snapshot) -> Sequence[RunRecord]:
        """The deleted runs, sorted here: they are few."""
        view = self.view(snapshot)
        order = next((column.order for column in columns_of("trash") if column.key == self._sort), None)
        runs = list(snapshot.trash) if order is None else sorted(snapshot.trash, key=lambda run: order(run, view))
        return runs[::-1] if self._reverse else runs

    def view(self, snapshot: Snapshot) -> View:
        """The sizes belong to the cells here."""
        sizes = snapshot.answer(TrashSizes()) or {}
        return View(self.bertft.metric, snapshot.age, self._sort, self._reverse, "trash", sizes)

    def welcome(self, snapshot: Snapshot) -> Content:
        """What stands here when there is nothing."""
        return _EMPTY

    def action_sort(self) -> None:
        """Sort by the next column that is shown."""
        orders = ["", *(column.key for column in self.table.columns)]
        self._sort = orders[(orders.index(self._sort) + 1) % len(orders)] if self._sort in orders else ""
        title = next((column.title for column in self.table.columns if column.key == self._sort), "time")
        self.notify(f"Sorted by {title}.", timeout=2, markup=False)
        self.show()

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._reverse = not self._reverse
        self.show()

    def action_undo(self) -> None:
        """Take the selected runs out of the trash."""
        if self.require_runs():
            super().action_undo()
            self.forget_marks()

    def action_purge(self) -> None:
        """Ask, then remove the marked runs, else the highlighted one, for good."""
        if runs := self.require_runs():
            self.ask_to_purge(runs, f"Purge {called(runs)} for good?")

    def action_purge_all(self) -> None:
        """Ask, then remove everything for good."""
        if self.require_run() is not None:
            runs = self.bertft.snapshot.trash
            self.ask_to_purge(runs, f"Purge all {count_of(len(runs), 'run')} in the trash for good?")

    def action_back(self) -> None:
        """Leave the panel; let nothing be marked any more; else back to the table of runs."""
        if self.leave_panel():
            return
        if self._marks:
            self.forget_marks()
        else:
            self.app.pop_screen()
