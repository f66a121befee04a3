"""The trash: the table of deleted runs with what they hold on the disk."""

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.format import count_of, size
from bertft_tui.tui.glyphs import BRIGHT, MUTED
from bertft_tui.tui.interests.sizes import TrashSizes
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.snapshot import Snapshot

_EMPTY = Content("\n").join(
    [Content.styled("The trash is empty.", f"{BRIGHT} bold"), Content(""), Content.styled("esc goes back.", MUTED)]
)


class TrashScreen(RunsScreen, inherit_bindings=False):
    """Deleted runs, the last deleted first unless sorted. Only a purge frees what they hold."""

    SCOPE: ClassVar[Scope] = "trash"
    BINDINGS: ClassVar[list[BindingType]] = bindings("trash")

    @property
    def place(self) -> str:
        """How many lie here, and what they hold."""
        snapshot = self.bertft.snapshot
        sizes = self.held(snapshot)
        held = f", {size(sum(sizes.values()))}" if sizes else ""
        return f"trash: {count_of(len(snapshot.trash), 'run')}{held}"

    def require_run(self) -> RunRecord | None:
        """The selected run; without one, say so."""
        if self.selected is None:
            self.notify("The trash is empty.", severity="warning", markup=False)
        return self.selected

    def interests(self) -> Interests:
        """The curves of the highlighted run, and the sizes."""
        return (*super().interests(), TrashSizes())

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """What lies in the trash."""
        return snapshot.trash

    def held(self, snapshot: Snapshot) -> Mapping[str, int]:
        """What each holds on the disk."""
        return snapshot.answer(TrashSizes()) or {}

    def welcome(self, snapshot: Snapshot) -> Content:
        """What stands here when there is nothing."""
        return _EMPTY

    def take_highlight(self) -> None:
        """What was launched or restored is shown in the other table."""

    def action_undo(self) -> None:
        """Take the highlighted run out of the trash."""
        if self.require_run() is not None:
            super().action_undo()

    def action_purge_all(self) -> None:
        """Ask, then remove everything for good."""
        if self.require_run() is not None:
            runs = self.bertft.snapshot.trash
            self.ask_to_purge(runs, f"Purge all {count_of(len(runs), 'run')} in the trash for good?")

    def action_back(self) -> None:
        """Back to the table of runs."""
        self.app.pop_screen()
