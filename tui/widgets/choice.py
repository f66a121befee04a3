"""A field with a few values: arrows and space turn it, a letter goes to the next value that begins with it."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.reactive import reactive

from bertft_tui.tui.format import clean
from bertft_tui.tui.glyphs import ACCENT
from bertft_tui.tui.widgets.own_keys import OwnKeys


class Choice(OwnKeys, can_focus=True):
    """Shows one of its values, or several as a list; one line high. A comma begins one more, backspace takes it away.

    `value` is what would be typed: `linear`, or `linear, cosine`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", show=False),
        Binding("right,space", "turn(1)", show=False),
        Binding("comma", "add", show=False),
        Binding("backspace,delete", "remove", show=False),
    ]

    value: reactive[str] = reactive("")

    class Changed(Message):
        """Another value was chosen."""

    def __init__(self, options: tuple[str, ...], value: str) -> None:
        super().__init__()
        self._options = options
        self.set_reactive(Choice.value, value)

    @property
    def _chosen(self) -> list[str]:
        return [part.strip() for part in self.value.split(",")]

    def render(self) -> Content:
        """The value, the last of a list between arrows while it has the focus."""
        if not self.has_focus:
            return Content(clean(self.value))
        *before, last = self._chosen
        return Content.assemble(clean("".join(f"{part}, " for part in before)), ("‹ ", ACCENT), last, (" ›", ACCENT))

    def watch_value(self) -> None:
        """Say that the value has changed."""
        self.post_message(self.Changed())

    def action_turn(self, by: int) -> None:
        """Go on by some values, round and round; values that the list has already are passed over."""
        *before, last = self._chosen
        free = [option for option in self._options if option not in before]
        place = free.index(last) if last in free else 0
        self._put(before, free[(place + by) % len(free)])

    def action_add(self) -> None:
        """Begin one more value, the first that is not in the list."""
        chosen = self._chosen
        free = [option for option in self._options if option not in chosen]
        if free:
            self._put(chosen, free[0])

    def action_remove(self) -> None:
        """Take the last value of a list away."""
        before = self._chosen[:-1]
        if before:
            self._put(before[:-1], before[-1])

    def on_key(self, event: Key) -> None:
        """Go to the next value with this first letter; no letter leaves the form."""
        if event.character is None or not event.character.isalpha():
            return
        event.stop()
        *before, last = self._chosen
        free = [option for option in self._options if option not in before]
        place = free.index(last) if last in free else 0
        after = [*free[place + 1 :], *free[: place + 1]]
        self._put(before, next((option for option in after if option.startswith(event.character)), last))

    def _put(self, before: list[str], last: str) -> None:
        self.value = ", ".join([*before, last])
