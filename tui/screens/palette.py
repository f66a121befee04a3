"""The command palette: everything that can be done here, by its name, its key or what it does."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from bertft_tui.core.errors import BertftError
from bertft_tui.core.store import plain_reading
from bertft_tui.tui.entries import entries, run_entries
from bertft_tui.tui.finding import MOST, Entry, matching
from bertft_tui.tui.glyphs import ACCENT, MUTED, TEXT
from bertft_tui.tui.screens.searching import SearchDialog
from bertft_tui.tui.widgets.find_field import FindField

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp

_KEY = f"{ACCENT} bold"
_KEYS = Content.assemble(
    ("enter", _KEY), (" do it   ", MUTED), ("↑ ↓", _KEY), (" choose   ", MUTED), ("esc", _KEY), (" back", MUTED)
)
_NONE = Content.styled("Nothing here is called so, or does that.", MUTED)

#: Cells of the titles' column, and the lines that the palette needs beside its list.
_WIDEST = 36
_OTHER_LINES = 10


class _PaletteField(FindField):
    """A search field that goes to the ends of the list, and leaves with the key that opened it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", f"screen.move(-{MOST})", show=False),
        Binding("ctrl+end", f"screen.move({MOST})", show=False),
        Binding("ctrl+p", "screen.leave", show=False),
    ]


class Palette(SearchDialog[Entry]):
    """A line to type in, and what matches below it; the one that is chosen is done on the screen under it."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self._found: list[Entry] = []

    @property
    def bertft(self) -> "BertftApp":
        """The app, by its own type."""
        return cast("BertftApp", self.app)

    def compose(self) -> ComposeResult:
        """The line, the list, the keys."""
        with Vertical(id="palette"):
            yield _PaletteField(id="find", placeholder="a command, a run, a setting", compact=True)
            yield OptionList(id="found")
            yield Static(id="found-help")
            yield Static(_KEYS)

    def on_mount(self) -> None:
        """Offer what the screen below can do, and the runs as soon as they are read."""
        self._entries = entries(self.bertft, self.app.screen_stack[-2])
        self._read_runs()

    @work(group="palette")
    async def _read_runs(self) -> None:
        try:
            found = await asyncio.to_thread(plain_reading.outlines, self.bertft.db)
        except BertftError:
            return  # the feed says it
        self._entries += run_entries(self.bertft, found)
        self.fill(self.field.value)

    def fill(self, text: str) -> None:
        """Show what matches. Without a text the highlighted one stays so when the runs come to it."""
        found = matching(self._entries, text)
        if found == self._found and found:
            return
        kept = self._found[self.place] if self.place is not None else None
        self._found = found
        width = min(max((cell_len(entry.title) for entry in found), default=0), _WIDEST)
        lines = [entry.drawn(text, width) for entry in found]
        self.show(lines, found.index(kept) if kept in found and not text else 0)
        self._say()

    def on_resize(self) -> None:
        """Let the list be as long as there is room."""
        for choices in self.query(OptionList):
            choices.styles.max_height = max(3, self.app.size.height - _OTHER_LINES)

    def on_option_list_option_highlighted(self) -> None:
        """Say the whole sentence of the highlighted one."""
        self._say()

    def _say(self) -> None:
        words = Content.styled(self._found[self.place].help, TEXT) if self.place is not None else _NONE
        self.query_one("#found-help", Static).update(words)

    def take(self, place: int | None) -> None:
        """Do a line."""
        if place is not None:
            self.close(self._found[place])
