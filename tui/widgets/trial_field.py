"""A field for a text that a model reads: several lines, and arrows that go on to earlier texts at its edges."""

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

    class Kept(Message):
        """Enter was pressed: this text is done."""

    class Wandered(Message):
        """An arrow went over an edge: to an earlier text (-1) or a later one (1)."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

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
        """Let enter end the text; ctrl+j begins a new line of it."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Kept())
            return
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            event.stop()  # at once: text that follows must not overtake it
            event.prevent_default()
            await self.run_action(binding.action)

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

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up; from the first line to an earlier text."""
        if not select and self.navigator.is_first_wrapped_line(self.cursor_location):
            self.post_message(self.Wandered(-1))
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down; from the last line to a later text."""
        if not select and self.navigator.is_last_wrapped_line(self.cursor_location):
            self.post_message(self.Wandered(1))
        else:
            super().action_cursor_down(select)
