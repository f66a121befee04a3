"""The form of a run: its name and every setting of `RunConfig`, one line each."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from bertft_tui.core.config import SECTIONS, RunConfig
from bertft_tui.tui.form_model import Checked, choices, may_be_empty, read_form, texts_of
from bertft_tui.tui.format import NOTHING
from bertft_tui.tui.widgets.setting_row import SettingRow

NAME = "name"


class ConfigForm(VerticalScroll, can_focus=False):
    """Fields that begin as a config; `read()` gives the config that they are now, or what is wrong."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority the cursor moves before the next key is given to a field.
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down,enter", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
    ]

    def __init__(self, config: RunConfig) -> None:
        super().__init__()
        self._base = config

    def compose(self) -> ComposeResult:
        """The name, then section by section."""
        yield SettingRow(NAME, "")
        texts = texts_of(self._base)
        for section, model in SECTIONS.items():
            yield Static(section, classes="section", markup=False)
            for name in model.model_fields:
                key = f"{section}.{name}"
                yield SettingRow(key, texts[key], choices(key), NOTHING if may_be_empty(key) else "")

    @property
    def rows(self) -> list[SettingRow]:
        """All rows from the top."""
        return list(self.query(SettingRow))

    @property
    def name_row(self) -> SettingRow:
        """The row with the run's name."""
        return self.rows[0]

    @property
    def focused_row(self) -> SettingRow | None:
        """The row that the cursor stands on."""
        focused = self.screen.focused
        return next((row for row in self.rows if row.field is focused), None)

    @property
    def edited(self) -> list[SettingRow]:
        """The rows that are not as they were at the start."""
        return [row for row in self.rows if row.is_edited]

    @property
    def texts(self) -> list[str]:
        """What stands in the settings."""
        return [row.text for row in self.rows[1:]]

    @property
    def named_texts(self) -> dict[str, str]:
        """What stands in each setting, by `section.field`."""
        return {row.key: row.text for row in self.rows[1:]}

    def read(self) -> Checked:
        """Read all settings, and show beside each what is wrong with it."""
        checked = read_form(self._base, self.named_texts)
        for row in self.rows[1:]:
            row.show_fault(checked.faults.get(row.key, ""))
        return checked

    def focus_on(self, key: str) -> None:
        """Put the cursor on a setting."""
        for row in self.rows:
            if row.key == key:
                self.screen.set_focus(row.field)

    def mark(self, key: str, fault: str) -> None:
        """Put the cursor on a setting and say beside it what is wrong with it, until it is read again."""
        for row in self.rows:
            if row.key == key:
                row.show_fault(fault)
        self.focus_on(key)

    def on_resize(self) -> None:
        """Keep the cursor in sight when the lines below take room or give it back."""
        if (row := self.focused_row) is not None:
            self.call_after_refresh(self.scroll_to_widget, row, animate=False)

    def action_move(self, by: int) -> None:
        """Move the cursor by some settings."""
        rows = self.rows
        here = rows.index(self.focused_row) if self.focused_row else 0
        self.screen.set_focus(rows[min(max(here + by, 0), len(rows) - 1)].field)
