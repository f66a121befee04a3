"""The line that names the panes of a screen, each with its key."""

from collections.abc import Mapping

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.widgets.saying import say


class PaneTabs(Static):
    """Keys and names; where there is no room for all names, those furthest from the present one go."""

    class Chosen(Message):
        """Somebody pointed at a pane's name."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, keys: Mapping[str, str]) -> None:
        """`keys`: the key of each pane, one cell wide, by the pane's name."""
        super().__init__()
        self._names, self._keys = tuple(keys), tuple(keys.values())
        self._current = 1
        self._starts: list[int] = []  # the first cell of each

    def show(self, current: int) -> None:
        """Mark another pane as the present one."""
        self._current = current
        self._draw()

    def on_resize(self) -> None:
        """Choose again which names fit."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Go to the pane that was clicked."""
        before = [number for number, start in enumerate(self._starts, 1) if start <= event.x]
        if before:
            self.post_message(self.Chosen(before[-1]))

    def _draw(self) -> None:
        width = self.content_size.width or self.app.size.width - 2
        shown, gap = _that_fit(self._names, self._current, width)
        pieces, self._starts, place = [], [], 0
        for number, (key, name) in enumerate(zip(self._keys, shown, strict=True), 1):
            self._starts.append(place)
            style = f"{BRIGHT} bold underline" if number == self._current else MUTED
            pieces.append(Content.assemble((key, f"{ACCENT} bold"), (f" {name}" if name else "", style)))
            place += pieces[-1].cell_length + gap
        say(self, Content(" " * gap).join(pieces), one_line=True)


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
