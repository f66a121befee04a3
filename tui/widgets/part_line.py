"""The four parts into which two runs divide their texts, each with its key and how many there are."""

from collections.abc import Mapping

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from bertft_tui.core.analysis.examples import Which
from bertft_tui.tui.example_heading import PARTS
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.widgets.saying import say

_GAP = 2


class PartLine(Static):
    """Keys, counts and names; in a narrow terminal without the word that they have in common."""

    class Chosen(Message):
        """Somebody pointed at a part."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        super().__init__()
        self._counts: Mapping[Which, int] = {}
        self._present: Which | None = None
        self._starts: list[int] = []  # the first cell of each

    def show(self, counts: Mapping[Which, int], present: Which) -> None:
        """Show how many there are; one part is the present one. Without counts there is nothing to show."""
        self._counts, self._present = counts, present
        self._draw()

    def on_resize(self) -> None:
        """Choose again which words fit."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Go to the part that was clicked."""
        before = [number for number, start in enumerate(self._starts, 1) if start <= event.x]
        if before:
            self.post_message(self.Chosen(before[-1]))

    def _draw(self) -> None:
        names = {which: words for which, (words, _) in PARTS.items() if which in self._counts}
        pieces = self._pieces(names)
        width = self.content_size.width or self.app.size.width - 2
        if sum(each.cell_length + _GAP for each in pieces) - _GAP > width:
            pieces = self._pieces({which: words.removesuffix(" right") for which, words in names.items()})
        self._starts, place = [], 0
        for piece in pieces:
            self._starts.append(place)
            place += piece.cell_length + _GAP
        say(self, Content(" " * _GAP).join(pieces), one_line=True)

    def _pieces(self, names: Mapping[Which, str]) -> list[Content]:
        return [
            Content.assemble(
                (str(number), f"{ACCENT} bold"),
                " ",
                (words, f"{BRIGHT} bold underline" if which == self._present else MUTED),
                (f" {self._counts[which]:,}", BRIGHT),
            )
            for number, (which, words) in enumerate(names.items(), 1)
        ]
