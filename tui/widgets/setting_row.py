"""One setting in one line: name, value, and what is wrong with it."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import BRIGHT, ERROR, MUTED, WARNING
from bertft_tui.tui.messages import FieldChanged, FieldFocused
from bertft_tui.tui.widgets.choice import Choice
from bertft_tui.tui.widgets.own_keys import OwnKeys


class TextField(Input, OwnKeys):
    """One line of text."""

    def action_copy(self) -> None:
        """Copy what is selected; where nothing is, ctrl+c was meant for the app."""
        if self.selected_text:
            super().action_copy()
        else:
            self.app.action_help_quit()


class SettingRow(Horizontal):
    """A field of the form. Texts are typed, settings with a few values are turned."""

    def __init__(self, key: str, text: str, options: tuple[str, ...] = (), placeholder: str = "") -> None:
        super().__init__(id=f"row-{key.replace('.', '-')}")
        self.key, self._before = key, text
        self._options, self._placeholder = options, placeholder
        self.fault = ""
        self._called = key.rpartition(".")[2]

    def compose(self) -> ComposeResult:
        """Mark and name, field, fault."""
        yield Static(self._drawn_label(), classes="setting-name")
        if self._options:
            yield Choice(self._options, self._before)
        else:
            yield TextField(
                clean(self._before), placeholder=clean(self._placeholder), compact=True, select_on_focus=False
            )
        yield Static(classes="setting-fault")

    @property
    def field(self) -> Input | Choice:
        """The part that takes the keys."""
        return self.query_one(Choice) if self._options else self.query_one(Input)

    @property
    def label(self) -> str:
        """What the setting is called: its name without its section, where it has no other."""
        return self._called

    def rename(self, label: str) -> None:
        """Call the setting something else."""
        self._called = label
        self.query_one(".setting-name", Static).update(self._drawn_label())

    @property
    def text(self) -> str:
        """What stands in the field; what was there before where nothing was typed."""
        value = self.field.value
        return self._before if value == clean(self._before) else value

    @property
    def is_edited(self) -> bool:
        """Whether the text is another than at the start."""
        return self.text != self._before

    def restore(self) -> None:
        """Put the field back to what it was."""
        self.field.value = clean(self._before)

    def suggest(self, text: str) -> None:
        """Show what an empty field means."""
        self.query_one(Input).placeholder = clean(text, limit=200)

    def show_fault(self, fault: str) -> None:
        """Say beside the field what is wrong; an empty text: nothing is."""
        self.fault = fault
        self.query_one(".setting-fault", Static).update(content(fault, ERROR))
        self.set_class(bool(fault), "-wrong")

    def _drawn_label(self) -> Content:
        edited = self.is_mounted and self.is_edited
        return Content.assemble(("* " if edited else "  ", WARNING), (self.label, BRIGHT if edited else MUTED))

    @on(Input.Changed)
    @on(Choice.Changed)
    def _changed(self, event: Input.Changed | Choice.Changed) -> None:
        event.stop()
        self.query_one(".setting-name", Static).update(self._drawn_label())
        self.post_message(FieldChanged(self.key, self.text))

    def on_descendant_focus(self) -> None:
        """Say that the cursor is here."""
        self.post_message(FieldFocused(self.key))
