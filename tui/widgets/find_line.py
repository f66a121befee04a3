"""The line under a pane in which one types what to look for."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from bertft_tui.tui.glyphs import ACCENT, MUTED
from bertft_tui.tui.widgets.saying import say


class FindLine(Horizontal):
    """A field of one line, and behind it what came of the search. Hidden while nothing is looked for."""

    class Typed(Message):
        """Something else is looked for."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Entered(Message):
        """Enter was pressed: back to the pane, which stays as it is narrowed down."""

    def compose(self) -> ComposeResult:
        """The sign, the field, the words."""
        yield Static(Content.styled("/", f"{ACCENT} bold"), id="find-sign")
        yield Input(id="find-text", compact=True, select_on_focus=False)
        yield Static(id="find-words")

    @property
    def field(self) -> Input:
        """The field."""
        return self.query_one(Input)

    def put(self, text: str) -> None:
        """Put what another pane looks for into the field."""
        if self.field.value != text:
            with self.prevent(Input.Changed):
                self.field.value = text

    def say(self, words: str) -> None:
        """Say what came of the search."""
        say(self.query_one("#find-words", Static), Content.styled(words, MUTED))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for it as it is typed."""
        event.stop()
        self.post_message(self.Typed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go back to the pane."""
        event.stop()
        self.post_message(self.Entered())
