"""What was said in the corner, to be read again."""

import time
from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from bertft_tui.tui.format import content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, MUTED, TEXT, WARNING
from bertft_tui.tui.hanging import Hanging, Hung
from bertft_tui.tui.telling_app import Told

_COLOURS = {"information": BRIGHT, "warning": WARNING, "error": ERROR}
_NOTHING = Content.styled("Nothing was said yet.", MUTED)

#: Cells of the time of day and the gap behind it.
_TIME = 10


class ToldScreen(ModalScreen[None]):
    """All messages since the app was opened, the newest first, each whole."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f8,enter", "leave", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]
    AUTO_FOCUS = "#told-text"

    def __init__(self, told: Iterable[Told]) -> None:
        super().__init__()
        self._told = list(told)

    def compose(self) -> ComposeResult:
        """Title, messages, keys."""
        with Vertical(id="told", classes="dialog"):
            yield Static(Content.styled("Messages", f"{BRIGHT} bold"))
            with VerticalScroll(id="told-text"):
                yield Static(told_lines(self._told))
            key = f"{ACCENT} bold"
            yield Static(
                Content.assemble(("↓", key), (" scroll   ", MUTED), ("esc", key), (" back", MUTED)),
                classes="dialog-keys",
            )

    def action_move(self, by: int) -> None:
        """Scroll by some lines."""
        self.query_one("#told-text").scroll_relative(y=by, animate=False)

    def action_leave(self) -> None:
        """Back to where one was."""
        if self.is_current:
            self.dismiss()


def told_lines(told: Iterable[Told]) -> Hanging:
    """Messages with the time of each, the last one first."""
    lines = [Hung(line, _TIME) for each in reversed(list(told)) for line in _lines(each)]
    return Hanging(lines or [_NOTHING])


def _lines(told: Told) -> Iterable[Content]:
    """The title, if there is one, and the message below it; the time stands before the first line."""
    text = content(told.message, TEXT if told.title else _COLOURS[told.severity], lines=True).split("\n")
    title = [content(told.title, f"{_COLOURS[told.severity]} bold")] if told.title else []
    at = time.strftime("%H:%M:%S", time.localtime(told.at))
    for place, line in enumerate([*title, *text]):
        yield Content.assemble((f"{'' if place else at:<{_TIME}}", MUTED), line)
