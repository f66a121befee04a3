"""The two lines that frame every screen: what is going on, and which keys there are."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from bertft_tui.tui.format import clean
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED, WARNING
from bertft_tui.tui.keys import Command, Scope, commands
from bertft_tui.tui.widgets.saying import say

if TYPE_CHECKING:
    from bertft_tui.tui.snapshot import Snapshot

_GAP = 2
_PAUSED = "queue paused"


class HeaderLine(Static):
    """The program, the store, how many run and wait, what the app does, what hinders the runs, the metric."""

    def show(
        self, snapshot: "Snapshot", store: str, metric: str, mark: str, *, at_work: str = "", place: str = ""
    ) -> None:
        """Show the counts of a snapshot; what does not fit is left out from the least important on."""
        waiting, queue = len(snapshot.queue.waiting), snapshot.queue
        counts = place or f"{snapshot.alive} running · {waiting} queued"
        if not snapshot.runs and not place:
            counts = "no runs yet"
        pieces = [
            (0, "bertft-tui", f"{ACCENT} bold"),
            (2, clean(store, limit=40), MUTED),
            (1, counts, BRIGHT),
            (1, at_work, ACCENT),
            (1, snapshot.disk.title.removeprefix("The ") if snapshot.disk else "", WARNING),
            (3, _PAUSED if queue.paused else "", WARNING),
            (6, clean(queue.reason, limit=50) if queue.paused else "", WARNING),
            (4, f"by {metric}", MUTED),
            (5, mark, MUTED),
        ]
        self._put(pieces)

    def show_store(self, store: str) -> None:
        """Show the program and the store: all that is known before the store was read."""
        self._put([(0, "bertft-tui", f"{ACCENT} bold"), (2, clean(store, limit=40), MUTED)])

    def _put(self, pieces: list[tuple[int, str, str]]) -> None:
        words = Content(" " * _GAP).join(_that_fit(pieces, self.size.width or self.app.size.width))
        say(self, words, one_line=True)


def _that_fit(pieces: list[tuple[int, str, str]], width: int) -> Iterable[Content]:
    """Leave out pieces until the rest fits: the store, the metric, why the queue is paused, what the mark means."""
    shown = [piece for piece in pieces if piece[1]]
    for rank in (2, 4, 6, 5):
        if sum(cell_len(text) + _GAP for _, text, _ in shown) > width:
            shown = [piece for piece in shown if piece[0] != rank]
    return [Content.styled(text, style) for _, text, style in shown]


class KeyLine(Static):
    """The footer: the keys of this screen, as many as fit; how to leave it is always there, and help is the last."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._commands = [command for command in commands(scope) if command.footer]

    def put(self, shown: list[Command]) -> None:
        """Show other keys: what they do depends on what is on the screen."""
        if shown != self._commands:
            self._commands = shown
            self.on_resize()

    def on_mount(self) -> None:
        """Write the keys."""
        self.on_resize()

    def on_resize(self) -> None:
        """Choose again which keys fit."""
        self.update(Content(" " * _GAP).join(_key(command) for command in self._fitting(self.size.width)))

    def _fitting(self, width: int) -> list[Command]:
        *others, last = self._commands
        room = width - _width(last) - sum(_width(command) for command in others if command.action == "back")
        shown = []
        for command in others:
            if command.action != "back":
                room -= _width(command)
            if room >= 0 or command.action == "back":
                shown.append(command)
        return [*shown, last]


def _width(command: Command) -> int:
    return cell_len(command.first_key) + 1 + len(command.label) + _GAP


def _key(command: Command) -> Content:
    return Content.assemble((command.first_key, f"{ACCENT} bold"), (f" {command.label}", MUTED))
