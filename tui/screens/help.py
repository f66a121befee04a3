"""The help screen, made from the declaration of the keys."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from bertft_tui.tui.glyphs import ACCENT, MUTED
from bertft_tui.tui.help_words import help_columns, help_text
from bertft_tui.tui.keys import Scope, bindings, commands

#: From this width on there are two columns.
_WIDE = 140


class HelpScreen(ModalScreen[None]):
    """Every key with its sentence, the present screen's first; what the shapes mean; and a search through both."""

    SCOPE: ClassVar[Scope] = "help"
    BINDINGS: ClassVar[list[BindingType]] = bindings("help")
    AUTO_FOCUS = "#help-text"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide")]  # noqa: RUF012 - Textual's own declaration
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-high")]  # noqa: RUF012 - see above

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def compose(self) -> ComposeResult:
        """A line to search with, one scrolling text, the keys."""
        with Vertical(id="help"):
            yield Input(id="help-search", placeholder="words to look for", compact=True)
            with VerticalScroll(id="help-text"), Horizontal(id="help-columns"):
                yield Static(id="help-first")
                yield Static(id="help-rest")
            yield Static(_key_words(), classes="dialog-keys")

    def on_mount(self) -> None:
        """Show all."""
        self._show()

    def on_resize(self) -> None:
        """Choose between one column and two."""
        self._show()

    def _show(self) -> None:
        if not self.query("#help-first"):
            return  # it was left before it was there
        query = self.query_one(Input).value
        if self.app.size.width >= _WIDE:
            first, rest = help_columns(self._scope, query)
            self.query_one("#help-rest", Static).update(rest)
        else:
            first = help_text(self._scope, query)
        self.query_one("#help-first", Static).update(first)

    def on_input_changed(self) -> None:
        """Show what matches, from its top."""
        self._show()
        self.query_one("#help-text").scroll_home(animate=False)

    def on_input_submitted(self) -> None:
        """Read on in what was found."""
        self.query_one("#help-text").focus()

    def action_search(self) -> None:
        """Begin to search."""
        for line in self.query(Input):
            self.add_class("-searching")
            line.focus()

    def action_move(self, by: int) -> None:
        """Scroll by some lines."""
        for text in self.query("#help-text"):
            text.scroll_relative(y=by, animate=False)

    def action_back(self) -> None:
        """End the search; without one, leave."""
        if self.has_class("-searching"):
            self.remove_class("-searching")
            self.query_one(Input).value = ""
            self.query_one("#help-text").focus()
        elif self.is_current:
            self.dismiss()


def _key_words() -> Content:
    """The keys of this screen; the last one leaves."""
    words = [
        Content.assemble((command.first_key, f"{ACCENT} bold"), (f" {command.label}", MUTED))
        for command in commands("help")
        if command.footer
    ]
    return Content("   ").join(words)
