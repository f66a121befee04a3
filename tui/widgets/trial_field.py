"""A field for a text that a model reads: several lines; enter ends it, arrows over its edges go to other texts.

Its screen has the actions `keep` and `wander`.
"""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key, Paste
from textual.message import Message
from textual.widgets import TextArea

from bertft_tui.tui.format import clean

#: Characters; what is pasted beyond them is left out. Eight times what fits into 512 tokens, and drawn at once.
MOST = 20_000


class TrialField(TextArea):
    """A text. What was put in whole is what `value` gives, also where the screen shows stand-ins for parts of it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+j,shift+enter", "new_line", show=False)]

    class Cut(Message):
        """A text that was put in is longer than the field takes."""

    def __init__(self, *, id: str, placeholder: str) -> None:
        super().__init__(id=id, compact=True, placeholder=placeholder, highlight_cursor_line=False)
        self._raw = self._shown = ""

    @property
    def value(self) -> str:
        """The text as the model shall read it."""
        return self._raw if self.text == self._shown else self.text

    def put(self, text: str, *, at_end: bool = True) -> None:
        """Show another text, the cursor at its end or at its beginning."""
        self._raw, self._shown = text[:MOST], clean(text[:MOST], lines=True, limit=MOST)
        if len(text) > MOST:
            self.post_message(self.Cut())
        self.load_text(self._shown)
        if at_end:
            self.move_cursor(self.document.end)

    async def _on_key(self, event: Key) -> None:
        """Do at once what a key says: text that follows must not overtake it."""
        action = self._action_of(event.key)
        if action:
            event.stop()
            event.prevent_default()
            await self.run_action(action)

    def _action_of(self, key: str) -> str:
        """Enter ends the text, arrows over an edge go on to other texts; the rest is as in any field."""
        if key == "enter":
            return "screen.keep"
        if key == "up" and self.navigator.is_first_wrapped_line(self.cursor_location):
            return "screen.wander(-1)"
        if key == "down" and self.navigator.is_last_wrapped_line(self.cursor_location):
            return "screen.wander(1)"
        return next((binding.action for binding in self._bindings.key_to_bindings.get(key, ())), "")

    async def _on_paste(self, event: Paste) -> None:
        """Take foreign text in without what could steer the terminal."""
        event.stop()
        event.prevent_default()
        if not self.text:
            self.put(event.text)
            return
        room = MOST - len(self.text)
        if len(event.text) > room:
            self.post_message(self.Cut())
        self.replace(clean(event.text[: max(0, room)], lines=True, limit=MOST), *self.selection)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.replace("\n", *self.selection)
