"""The four parts into which two runs divide their texts, each with its key and how many there are."""

from collections.abc import Mapping, Sequence

from textual.content import Content

from bertft_tui.core.analysis.examples import Which
from bertft_tui.tui.example_heading import PARTS
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.widgets.key_tabs import KeyTabs

_GAP = 2


class PartLine(KeyTabs):
    """Keys, counts and names; in a narrow terminal without the word that they have in common."""

    class Chosen(KeyTabs.Chosen):
        """Somebody pointed at a part."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: Mapping[Which, int] = {}
        self._present: Which | None = None

    def show(self, counts: Mapping[Which, int], present: Which) -> None:
        """Show how many there are; one part is the present one. Without counts there is nothing to show."""
        self._counts, self._present = counts, present
        self._draw()

    def pieces(self, width: int) -> tuple[Sequence[Content], int]:
        """The parts, with the word that they have in common where there is room for it."""
        names = {which: words for which, (words, _) in PARTS.items() if which in self._counts}
        pieces = self._pieces(names)
        if sum(each.cell_length + _GAP for each in pieces) - _GAP > width:
            pieces = self._pieces({which: words.removesuffix(" right") for which, words in names.items()})
        return pieces, _GAP

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
