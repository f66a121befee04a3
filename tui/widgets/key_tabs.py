"""Names on one line, each with its key, that can be pointed at."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from bertft_tui.tui.widgets.saying import say


class KeyTabs(Static):
    """A line of pieces; what they say, and what goes where there is no room, is for its kinds to know."""

    class Chosen(Message):
        """Somebody pointed at a piece, counted from 1."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        super().__init__()
        self._starts: list[int] = []  # the first cell of each

    def pieces(self, width: int) -> tuple[Sequence[Content], int]:
        """The pieces for so many cells, and the cells between two of them."""
        raise NotImplementedError

    def on_resize(self) -> None:
        """Choose again which words fit."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Go to what was clicked."""
        before = [number for number, start in enumerate(self._starts, 1) if start <= event.x]
        if before:
            self.post_message(self.Chosen(before[-1]))

    def _draw(self) -> None:
        pieces, gap = self.pieces(self.content_size.width or self.app.size.width - 2)
        self._starts, place = [], 0
        for piece in pieces:
            self._starts.append(place)
            place += piece.cell_length + gap
        say(self, Content(" " * gap).join(pieces), one_line=True)
