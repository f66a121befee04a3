"""A field with a few values: arrows and space turn it, a letter goes to the next value that begins with it."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.reactive import reactive

from bertft_tui.tui.glyphs import ACCENT
from bertft_tui.tui.widgets.own_keys import OwnKeys


class Choice(OwnKeys, can_focus=True):
    """Shows one of its values; one line high."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", show=False),
        Binding("right,space", "turn(1)", show=False),
    ]

    value: reactive[str] = reactive("")

    class Changed(Message):
        """Another value was chosen."""

    def __init__(self, options: tuple[str, ...], value: str) -> None:
        super().__init__()
        self._options = options
        self.set_reactive(Choice.value, value)

    def render(self) -> Content:
        """The value, between arrows while it has the focus."""
        if not self.has_focus:
            return Content(self.value)
        return Content.assemble(("‹ ", ACCENT), self.value, (" ›", ACCENT))

    def watch_value(self) -> None:
        """Say that the value has changed."""
        self.post_message(self.Changed())

    def action_turn(self, by: int) -> None:
        """Go on by some values, round and round."""
        place = self._options.index(self.value) if self.value in self._options else 0
        self.value = self._options[(place + by) % len(self._options)]

    def on_key(self, event: Key) -> None:
        """Go to the next value with this first letter; no letter leaves the form."""
        if event.character is None or not event.character.isalpha():
            return
        event.stop()
        place = self._options.index(self.value) if self.value in self._options else 0
        after = [*self._options[place + 1 :], *self._options[: place + 1]]
        self.value = next((option for option in after if option.startswith(event.character)), self.value)
