"""The search field of a dialog with a list: its keys act on the list, each in its turn behind what was typed."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widgets import Input

from bertft_tui.tui.widgets.own_keys import OwnKeys


class FindField(Input, OwnKeys):
    """Takes what is typed; arrows, page keys and enter are the screen's `move`, `page` and `take`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.move(-1)", show=False),
        Binding("down", "screen.move(1)", show=False),
        Binding("pageup", "screen.page(-1)", show=False),
        Binding("pagedown", "screen.page(1)", show=False),
        Binding("enter", "screen.take", show=False),
    ]

    def catch_up(self, event: Key) -> None:
        """Take a key that the screen got since nothing had the focus yet: it came right behind the dialog's own."""
        event.stop()
        self.post_message(Key(event.key, event.character))
