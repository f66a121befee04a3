"""A dialog: which columns the table shows, and in which order."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.widgets import OptionList, Static

from bertft_tui.tui.columns.chosen import DEFAULT
from bertft_tui.tui.columns.column import RunColumn
from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED, glyphs
from bertft_tui.tui.screens.pick import rank
from bertft_tui.tui.screens.searching import SearchDialog
from bertft_tui.tui.widgets.find_field import FindField

_KEYS = (("space", "show or hide"), ("^↑ ^↓", "move"), ("^r", "as it was"), ("enter", "keep"), ("esc", "leave"))


class _ColumnField(FindField):
    """A search field without blanks: space is a key of the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+up", "screen.shift(-1)", show=False),
        Binding("ctrl+down", "screen.shift(1)", show=False),
        Binding("ctrl+r", "screen.restore", show=False),
    ]

    async def _on_key(self, event: Key) -> None:
        if event.key == "space":
            event.stop()
            event.prevent_default()  # else the field would put it into its text
            await self.run_action("screen.show_or_hide")


class ColumnsDialog(SearchDialog[tuple[str, ...]]):
    """Gives the keys of the columns in order: empty for the usual ones, None when it was left."""

    def __init__(self, offered: list[RunColumn], chosen: tuple[str, ...]) -> None:
        super().__init__()
        self._offered = {column.key: column for column in offered}
        self._chosen = [key for key in chosen or DEFAULT if key in self._offered]
        self._lines: list[str] = []

    def compose(self) -> ComposeResult:
        """Search field, list, keys."""
        key = f"{ACCENT} bold"
        with Vertical(classes="dialog pick"):
            yield Static(Content.styled("Columns", f"{BRIGHT} bold"))
            yield _ColumnField(placeholder="type to find a setting or a metric", compact=True)
            yield OptionList(compact=True)
            words = [part for name, does in _KEYS for part in ((name, key), (f" {does}   ", MUTED))]
            yield Static(Content.assemble(*words), classes="dialog-keys")

    def fill(self, text: str, on_key: str | None = None) -> None:
        """Show what has every word; what the table shows stands first, in its order."""
        words = text.casefold().split()
        others = [key for key in self._offered if key not in self._chosen]
        fitting = [key for key in [*self._chosen, *others] if self._fits(key, words)]
        self._lines = sorted(fitting, key=lambda key: rank(self._offered[key].title.casefold(), words))
        self.show([self._line(key) for key in self._lines], self._lines.index(on_key) if on_key in self._lines else 0)

    def _fits(self, key: str, words: list[str]) -> bool:
        column = self._offered[key]
        return all(word in f"{key} {column.title} {column.help}".casefold() for word in words)

    def _line(self, key: str) -> Content:
        column, shown = self._offered[key], key in self._chosen
        box = glyphs().marked if shown else " "
        return Content.assemble(
            (f"{box} ", ACCENT),
            (f"{clean(column.title, limit=30):<30} ", BRIGHT if shown else MUTED),
            content(column.help, MUTED, limit=120),
        )

    async def _here(self) -> str | None:
        await self.catch_up()
        place = self.place
        return self._lines[place] if place is not None else None

    async def action_show_or_hide(self) -> None:
        """Show a column, or hide it; the name stays."""
        key = await self._here()
        if key is None or key == "name":
            return
        if key in self._chosen:
            self._chosen.remove(key)
        else:
            self._chosen.append(key)
        self.fill(self.field.value, key)

    async def action_shift(self, by: int) -> None:
        """Move a shown column to the left or to the right."""
        key = await self._here()
        if key in self._chosen:
            place = self._chosen.index(key)
            self._chosen.insert(min(max(place + by, 0), len(self._chosen) - 1), self._chosen.pop(place))
            self.fill(self.field.value, key)

    def action_restore(self) -> None:
        """The usual columns."""
        self._chosen = [key for key in DEFAULT if key in self._offered]
        self.fill(self.field.value)

    async def click(self, place: int) -> None:
        """Show or hide the one that was clicked."""
        await self.action_show_or_hide()

    def take(self, place: int | None) -> None:
        """Close with the columns."""
        chosen = tuple(self._chosen)
        self.close(() if chosen == DEFAULT else chosen)
