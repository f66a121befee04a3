"""The queue: each device with what runs on it, and who waits, in which order and why."""

import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from bertft_tui.core.store import queue_order
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.queue_order import Moved
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus, Where
from bertft_tui.tui.deeds import Deed
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.gauges import Gauges
from bertft_tui.tui.glyphs import MUTED
from bertft_tui.tui.interests.outlook import OutlookNow
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.run_words import called
from bertft_tui.tui.screens.boards import BoardScreen
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.widgets.queue_board import QueueBoard
from bertft_tui.tui.widgets.queue_lines import Board

_READING = Content.styled("looking at the devices…", MUTED)


class QueueScreen(BoardScreen):
    """Devices on top, the queue below; runs are moved, stopped, opened."""

    SCOPE: ClassVar[Scope] = "queue"
    NO_RUN: ClassVar[str] = "No run is alive and none waits."
    BINDINGS: ClassVar[list[BindingType]] = bindings("queue")

    def __init__(self, gauges: Gauges | None = None) -> None:
        """Look at the devices of this machine, or at those of somebody's gauges."""
        super().__init__()
        self._outlook = OutlookNow(gauges or Gauges())

    def compose_body(self) -> ComposeResult:
        """One list."""
        yield Static(_READING, id="queue-reading")
        yield QueueBoard()

    @property
    def board(self) -> QueueBoard:
        """The list."""
        return self.query_one(QueueBoard)

    def interests(self) -> Interests:
        """Devices and queue."""
        return (self._outlook,)

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """No figures of a metric stand here."""
        return ()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring the list up to date."""
        outlook = snapshot.answer(self._outlook)
        self.query_one("#queue-reading").display = outlook is None
        self.board.display = outlook is not None
        if outlook is not None:
            self.board.show_board(Board(outlook, snapshot.run, snapshot.age, time.monotonic() - outlook.at))

    def action_move_run(self, where: str) -> None:
        """Move the run under the cursor within the queue."""
        run = self.require_run()
        if run is None:
            return
        name, db = called((run,)), self.bertft.db
        if run.status is not RunStatus.QUEUED:
            words = f"{name} is {run.status}: only runs that wait have a place in the queue."
            self.notify(words, severity="warning", markup=False)
            return

        def call() -> str:
            moved = queue_order.move(db, run.id, Where(where))
            if moved.before == moved.after:
                only = "alone in the queue" if moved.waiting == 1 else "first" if moved.after == 1 else "last"
                return f"{name} is {only} already."
            self.bertft.deeds.add(Deed((run.id,), lambda: _put_back(db, name, moved)))
            return ""

        self.bertft.perform(call)

    def action_back(self) -> None:
        """Back to the table of runs."""
        if (run := self.selected) is not None:
            self.bertft.highlight = run.id
        super().action_back()


def _put_back(db: Database, name: str, moved: Moved) -> str:
    """Take a move back."""
    return f"{name} has place {queue_order.put_at(db, moved.run_id, moved.before).after} again."
