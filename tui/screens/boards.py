"""What every screen with one list of runs does: its keys act on the run under the cursor."""

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.messages import RunOpened
from bertft_tui.tui.screens.run_actions import RunActions
from bertft_tui.tui.widgets.run_board import RunBoard


class BoardScreen(RunActions):
    """A screen whose list has the keys."""

    @property
    def board(self) -> RunBoard:
        """The list."""
        return self.query_one(RunBoard)

    @property
    def selected(self) -> RunRecord | None:
        """The run under the cursor."""
        return self.bertft.snapshot.run(self.board.cursor)

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
