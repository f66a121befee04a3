"""The form of a run: what is said about it and every setting of `RunConfig`, one line each, in sections that fold."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from bertft_tui.core.config import SECTIONS, RunConfig
from bertft_tui.core.store.commands import tags_in
from bertft_tui.core.store.new_runs import Said
from bertft_tui.tui.form.fields import RARE, SAID, choices, is_default, may_be_empty, texts_of
from bertft_tui.tui.form.history import History
from bertft_tui.tui.form.pickable import LISTS
from bertft_tui.tui.form.reading import Checked, read_form
from bertft_tui.tui.format import NOTHING
from bertft_tui.tui.messages import FieldChanged
from bertft_tui.tui.widgets.fold import Fold
from bertft_tui.tui.widgets.setting_row import SettingRow

NAME = "name"


class ConfigForm(VerticalScroll, can_focus=False):
    """Fields that begin as a config; `read()` gives the configs that they are now, or what is wrong."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority the cursor moves before the next key is given to a field.
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("enter", "enter", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
    ]

    def __init__(self, config: RunConfig, texts: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._base = config
        self._draft = dict(texts or {})  # what stands in fields from the start, in place of the config's
        self.before = {**dict.fromkeys(SAID, ""), **texts_of(config)}
        self.history = History({**self.before, **self._draft})
        self._rows = {key: self._row(key) for key in self.before}
        self._folds: dict[str, Fold] = {}

    def compose(self) -> ComposeResult:
        """What is said about the run, then section by section."""
        for key in SAID:
            yield self._rows[key]
        for section, model in SECTIONS.items():
            yield Static(section, classes="section", markup=False)
            keys = [f"{section}.{name}" for name in model.model_fields]
            for key in keys:
                if key not in RARE:
                    yield self._rows[key]
            rare = [key for key in keys if key in RARE]
            is_open = any(key in self._draft or not is_default(key, self.before[key]) for key in rare)
            self._folds[section] = Fold(section, [key.partition(".")[2] for key in rare], is_open)
            yield self._folds[section]
            for key in rare:
                self._rows[key].display = is_open
                yield self._rows[key]

    def _row(self, key: str) -> SettingRow:
        said = key in SAID
        return SettingRow(
            key,
            self.before[key],
            () if said else choices(key),
            NOTHING if not said and may_be_empty(key) else "",
            now=self._draft.get(key),
            has_list=key in LISTS,
            rare=key in RARE,
        )

    @property
    def rows(self) -> list[SettingRow]:
        """All rows from the top."""
        return list(self._rows.values())

    def row(self, key: str) -> SettingRow | None:
        """The row of a setting."""
        return self._rows.get(key)

    @property
    def stops(self) -> list[Widget]:
        """What the cursor can stand on, from the top: rows in sight, and the lines that open others."""
        return [each for each in self.children if isinstance(each, SettingRow | Fold) and each.display]

    @property
    def name_row(self) -> SettingRow:
        """The row with the run's name."""
        return self.rows[0]

    @property
    def focused_stop(self) -> Widget | None:
        """What the cursor stands on."""
        focused = self.screen.focused
        return next((stop for stop in self.stops if focused is not None and focused in (stop, _field(stop))), None)

    @property
    def focused_row(self) -> SettingRow | None:
        """The row that the cursor stands on."""
        stop = self.focused_stop
        return stop if isinstance(stop, SettingRow) else None

    @property
    def edited(self) -> list[SettingRow]:
        """The rows that are not as they were at the start."""
        return [row for row in self.rows if row.is_edited]

    @property
    def texts(self) -> dict[str, str]:
        """What stands in each setting, by `section.field`."""
        return {row.key: row.text for row in self.rows if row.key not in SAID}

    @property
    def said(self) -> Said:
        """What is said about the run."""
        name, experiment, tags, note = (row.text.strip() for row in self.rows[: len(SAID)])
        return Said(name or None, experiment or None, note, tags_in(tags))

    def read(self) -> Checked:
        """Read all settings, and show beside each what is wrong with it; a fold opens over what is wrong."""
        checked = read_form(self._base, self.texts)
        for row in self.rows:
            fault = checked.faults.get(row.key, "")
            row.show_fault(fault)
            if fault and row.is_rare and not row.display:
                self.fold(row.key.partition(".")[0], wanted=True)
        return checked

    def focus_on(self, key: str) -> None:
        """Put the cursor on a setting, opening what hides it."""
        if (row := self.row(key)) is not None:
            if not row.display:
                self.fold(key.partition(".")[0], wanted=True)
                self.call_after_refresh(self.on_resize)  # its place is known behind the next layout but one
            self.screen.set_focus(row.field)

    def mark(self, key: str, fault: str) -> None:
        """Put the cursor on a setting and say beside it what is wrong with it, until it is read again."""
        if (row := self.row(key)) is not None:
            row.show_fault(fault)
        self.focus_on(key)

    def fold(self, section: str, *, wanted: bool) -> list[str]:
        """Show or hide what is rarely changed; what differs from its default stays, and is returned by name."""
        rows = [row for row in self.rows if row.is_rare and row.key.startswith(f"{section}.")]
        changed = [row.label for row in rows if not is_default(row.key, row.text) or row.is_edited or row.fault]
        is_open = wanted or bool(changed)
        inside = self.focused_row in rows
        for row in rows:
            row.display = is_open
        self._folds[section].is_open = is_open
        if inside and not is_open:
            self.screen.set_focus(self._folds[section])
        return [] if wanted else changed

    def undo(self) -> bool:
        """Take the last change back, and put the cursor there; False when there is none."""
        step = self.history.undo()
        if step is None:
            return False
        key, text = step
        if (row := self.row(key)) is not None:
            row.text = text
            self.focus_on(key)
        return True

    def on_field_changed(self, event: FieldChanged) -> None:
        """Remember what stood there before; a field that only says what it began with has not changed."""
        if not self.history.note(event.key, event.text):
            event.stop()

    def on_field_focused(self) -> None:
        """What is typed from now on is a change of its own."""
        self.history.close_step()

    def on_resize(self) -> None:
        """Keep the cursor in sight when the lines below take room or give it back, or others come above it."""
        self.call_after_refresh(self._to_cursor)

    def _to_cursor(self) -> None:
        if (stop := self.focused_stop) is not None:
            self.scroll_to_widget(stop, animate=False)

    def action_move(self, by: int) -> None:
        """Move the cursor by some settings."""
        stops = self.stops
        here = stops.index(self.focused_stop) if self.focused_stop else 0
        self.screen.set_focus(_field(stops[min(max(here + by, 0), len(stops) - 1)]))

    def action_enter(self) -> None:
        """Go to the next setting, or open what the cursor stands on."""
        stop = self.focused_stop
        if isinstance(stop, Fold):
            stop.action_turn()
        else:
            self.action_move(1)

    def jump(self, by: int) -> None:
        """Go to the first setting of another section, round and round."""
        names = ["", *SECTIONS]
        stop = self.focused_stop
        key = stop.key if isinstance(stop, SettingRow) else f"{stop.section}." if isinstance(stop, Fold) else ""
        here = names.index(key.partition(".")[0]) if "." in key else 0
        section = names[(here + by) % len(names)]
        first = next(row for row in self.rows if row.key.startswith(f"{section}.") or not section)
        self.focus_on(first.key)


def _field(stop: Widget) -> Widget:
    return stop.field if isinstance(stop, SettingRow) else stop
