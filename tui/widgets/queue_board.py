"""Devices and the queue as one list."""

from bertft_tui.tui.widgets.queue_lines import Board, board_lines
from bertft_tui.tui.widgets.run_board import RunBoard


class QueueBoard(RunBoard):
    """Lines of devices and runs."""

    def show_board(self, board: Board) -> None:
        """Draw another state."""
        self.show(lambda width: ((), board_lines(board, width)))
