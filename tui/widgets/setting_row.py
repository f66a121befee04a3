"""One setting in one line: name, value, and what is wrong with it, below where there is no room beside the value."""

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Click, Focus
from textual.widgets import Input, Static

from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import BRIGHT, ERROR, MUTED, WARNING, glyphs
from bertft_tui.tui.messages import FieldChanged, FieldFocused, ListAsked
from bertft_tui.tui.widgets.choice import Choice
from bertft_tui.tui.widgets.own_keys import OwnKeys

#: Cells of a name, of the mark of a list, of a short value, and before a fault that stands below.
_NAME, _MARK, _VALUE, _INDENT = 31, 3, 12, 4


class TextField(Input, OwnKeys):
    """One line of text. When the cursor comes by key all is selected: typing replaces it, an arrow keeps it."""

    _untouched = False  # what is selected was selected by coming here

    def _on_focus(self, event: Focus) -> None:
        super()._on_focus(event)
        self._untouched = True

    def watch_selection(self) -> None:
        """What somebody selects is theirs."""
        self._untouched = False

    def action_copy(self) -> None:
        """Copy what is selected. Where nobody has selected anything, ctrl+c was perhaps meant for the app."""
        if self.selected_text:
            super().action_copy()
        if self._untouched or not self.selected_text:
            self.app.action_help_quit()


class ListMark(Static):
    """Says that there is a list to choose from; a click opens it."""

    def on_click(self, event: Click) -> None:
        """Ask for the list."""
        event.stop()
        self.post_message(ListAsked())


class SettingRow(Horizontal):
    """A field of the form. Texts are typed, settings with a few values are turned."""

    def __init__(
        self,
        key: str,
        text: str,
        options: tuple[str, ...] = (),
        placeholder: str = "",
        *,
        now: str | None = None,
        has_list: bool = False,
        rare: bool = False,
    ) -> None:
        super().__init__(id=f"row-{key.replace('.', '-')}", classes="-rare" if rare else None)
        self.key, self.before, self.is_rare = key, text, rare
        now = clean(text if now is None else now)
        self._has_list = has_list
        self._input = TextField(now, placeholder=clean(placeholder), compact=True) if not options else None
        self._choice = Choice(options, now) if options else None
        self._label = Static(classes="setting-name")
        self._fault = Static(classes="setting-fault")
        self.fault = ""
        self._below = 0  # lines that the fault takes
        self._called = key.rpartition(".")[2]

    def compose(self) -> ComposeResult:
        """Mark and name, field, what can be chosen from, fault."""
        yield self._label
        yield self.field
        if self._has_list:
            yield ListMark(glyphs().down, classes="setting-list", markup=False)
        yield self._fault

    def on_mount(self) -> None:
        """Mark what differs from the start."""
        self._label.update(self._drawn_label(), layout=False)

    @property
    def field(self) -> Input | Choice:
        """The part that takes the keys."""
        field = self._input or self._choice
        assert field is not None
        return field

    @property
    def label(self) -> str:
        """What the setting is called: its name without its section, where it has no other."""
        return self._called

    def rename(self, label: str) -> None:
        """Call the setting something else."""
        self._called = label
        self._label.update(self._drawn_label(), layout=False)

    @property
    def text(self) -> str:
        """What stands in the field; what was there before where nothing was typed."""
        value = self.field.value
        return self.before if value == clean(self.before) else value

    @text.setter
    def text(self, text: str) -> None:
        field = self.field
        field.value = clean(text)
        if isinstance(field, Input):
            field.action_end()

    @property
    def is_edited(self) -> bool:
        """Whether the text is another than at the start."""
        return self.text != self.before

    @property
    def placeholder(self) -> str:
        """What stands in grey in an empty field."""
        return self._input.placeholder if self._input else ""

    def restore(self) -> None:
        """Put the field back to what it was."""
        self.text = self.before

    def suggest(self, text: str) -> None:
        """Show what an empty field means."""
        if self._input is not None:
            self._input.placeholder = clean(text, limit=200)

    def show_fault(self, fault: str) -> None:
        """Say beside the field what is wrong, or below it; an empty text: nothing is."""
        if fault != self.fault:
            self.fault = fault
            self._fault.update(content(fault, ERROR))
            self.set_class(bool(fault), "-wrong")
            self._place_fault()

    def on_resize(self) -> None:
        """There may be more room now for what is wrong, or less."""
        self._place_fault()

    def _place_fault(self) -> None:
        """Put what is wrong beside the value where both are whole there, else on lines of its own."""
        width = self.size.width
        if not width or self._below == (below := self._lines_below(width)):
            return
        self._below = below
        self.set_class(below > 0, "-below")
        self.styles.height = 1 + below
        self._fault.styles.height = max(1, below)
        if self.has_focus_within:
            self.call_after_refresh(self.scroll_visible, animate=False)

    def _lines_below(self, width: int) -> int:
        """The lines that the fault takes below the value; none when it is whole beside it, or there is none."""
        room = width - _NAME - _MARK * self._has_list - max(_VALUE, cell_len(self.field.value) + 1)
        if not self.fault or cell_len(self.fault) + 2 <= room:
            return 0
        return content(self.fault).get_height({}, max(1, width - _INDENT - 1))

    def _drawn_label(self) -> Content:
        edited = self.is_edited
        return Content.assemble(("* " if edited else "  ", WARNING), (self.label, BRIGHT if edited else MUTED))

    @on(Input.Changed)
    @on(Choice.Changed)
    def _changed(self, event: Input.Changed | Choice.Changed) -> None:
        event.stop()
        self._label.update(self._drawn_label(), layout=False)
        self._place_fault()
        self.post_message(FieldChanged(self.key, self.text))

    @on(ListAsked)
    def _list_asked(self) -> None:
        self.screen.set_focus(self.field)

    def on_descendant_focus(self) -> None:
        """Say that the cursor is here."""
        self.post_message(FieldFocused(self.key))
