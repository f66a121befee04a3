"""The line that names the panes of a screen, each with its key."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.content import Content

from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.widgets.key_tabs import KeyTabs


class PaneTabs(KeyTabs):
    """Keys and names; where there is no room for all names, those furthest from the present one go."""

    class Chosen(KeyTabs.Chosen):
        """Somebody pointed at a pane's name."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        """`keys`: the key of each pane, one cell wide, by the pane's name."""
        super().__init__()
        self._names, self._keys = tuple(keys), tuple(keys.values())
        self._current = 1

    def show(self, current: int) -> None:
        """Mark another pane as the present one."""
        self._current = current
        self._draw()

    def pieces(self, width: int) -> tuple[Sequence[Content], int]:
        """The panes, as many of them with their names as fit."""
        shown, gap = _that_fit(self._names, self._current, width)
        return [self._piece(place, name) for place, name in enumerate(shown)], gap

    def _piece(self, place: int, name: str) -> Content:
        style = f"{BRIGHT} bold underline" if place + 1 == self._current else MUTED
        return Content.assemble((self._keys[place], f"{ACCENT} bold"), (f" {name}" if name else "", style))


def _that_fit(names: tuple[str, ...], current: int, width: int) -> tuple[list[str], int]:
    """Names, some of them empty, and the gap between them, so that the line fits."""
    shown = list(names)
    far = sorted(range(len(names)), key=lambda place: -abs(place + 1 - current))
    for gap in (3, 2, 1):
        if _width(shown, gap) <= width:
            return shown, gap
    for place in far:
        shown[place] = ""
        if _width(shown, 2) <= width:
            break
    return shown, 2


def _width(shown: list[str], gap: int) -> int:
    return sum(1 + (1 + cell_len(name) if name else 0) for name in shown) + gap * (len(shown) - 1)
