"""Small dialogs: a question, a line of text."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED


class Confirm(ModalScreen[bool]):
    """A question that is answered with y or n; escape means no."""

    BINDINGS = [  # noqa: RUF012 - Textual declares it without ClassVar
        Binding("y", "answer(True)", show=False),
        Binding("n,escape,q", "answer(False)", show=False),
    ]

    def __init__(self, question: str, deed: str, refrain: str = "leave it") -> None:
        super().__init__()
        self._question, self._deed, self._refrain = question, deed, refrain

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        with Vertical(classes="dialog"):
            yield Static(content(self._question, BRIGHT, lines=True))
            yield Static(
                Content.assemble(
                    ("y", f"{ACCENT} bold"),
                    (f" {self._deed}   ", MUTED),
                    ("n", f"{ACCENT} bold"),
                    (f" {self._refrain}", MUTED),
                ),
                classes="dialog-keys",
            )

    def action_answer(self, yes: bool) -> None:
        """Close with the answer, once: the same key may come twice before the dialog is gone."""
        if self.is_current:
            self.dismiss(yes)


class AskText(ModalScreen[str | None]):
    """A line of text; enter takes it, escape leaves it as it was."""

    BINDINGS = [Binding("escape", "leave", show=False)]  # noqa: RUF012 - see above

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        """Title, input, keys."""
        with Vertical(classes="dialog"):
            yield Static(content(self._title, f"{BRIGHT} bold"))
            yield Input(clean(self._text), compact=True, select_on_focus=False)
            yield Static(
                Content.assemble(
                    ("enter", f"{ACCENT} bold"), (" keep   ", MUTED), ("esc", f"{ACCENT} bold"), (" leave it", MUTED)
                ),
                classes="dialog-keys",
            )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the text."""
        self._close(event.value)

    def action_leave(self) -> None:
        """Close without one."""
        self._close(None)

    def _close(self, text: str | None) -> None:
        if self.is_current:  # the same key may come twice before the dialog is gone
            self.dismiss(text)
