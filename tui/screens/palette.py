"""The command palette: everything that can be done here, by its name, its key or what it does."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from bertft_tui.core.errors import BertftError
from bertft_tui.core.store import queries
from bertft_tui.tui.entries import entries, run_entries
from bertft_tui.tui.finding import MOST, Entry, matching
from bertft_tui.tui.glyphs import ACCENT, MUTED, TEXT

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


class Palette(ModalScreen[Entry | None]):
    """A line to type in, and what matches below it; the one that is chosen is done on the screen under it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority they choose while letters go to the line.
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("ctrl+home", f"move(-{MOST})", show=False, priority=True),
        Binding("ctrl+end", f"move({MOST})", show=False, priority=True),
        Binding("escape,ctrl+p", "leave", show=False, priority=True),
    ]
    AUTO_FOCUS = "#find"

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
            yield Input(id="find", placeholder="a command, a run, a setting", compact=True)
            yield OptionList(id="found")
            yield Static(id="found-help")
            yield Static(_KEYS)

    def on_mount(self) -> None:
        """Offer what the screen below can do, and the runs as soon as they are read."""
        self._entries = entries(self.bertft, self.app.screen_stack[-2])
        self._show()
        self._read_runs()

    @work(group="palette")
    async def _read_runs(self) -> None:
        try:
            found = await asyncio.to_thread(queries.outlines, self.bertft.db)
        except BertftError:
            return  # the feed says it
        self._entries += run_entries(self.bertft, found)
        self._show()

    def on_input_changed(self) -> None:
        """Show what matches."""
        self._show()

    def _show(self) -> None:
        if not self.query(OptionList):
            return  # it was left before it was there
        query, choices = self.query_one(Input).value, self.query_one(OptionList)
        kept = self._found[choices.highlighted] if choices.highlighted is not None and self._found else None
        found = matching(self._entries, query)
        if found == self._found and choices.option_count:
            return
        same_place = found.index(kept) if kept in found and not query else 0
        self._found = found
        choices.clear_options()
        if found:
            width = min(max(cell_len(entry.title) for entry in found), _WIDEST)
            choices.add_options([Option(entry.drawn(query, width)) for entry in found])
            choices.highlighted = same_place
        else:
            choices.add_option(
                Option(Content.styled("Nothing here is called so, or does that.", MUTED), disabled=True)
            )

    def on_resize(self) -> None:
        """Let the list be as long as there is room."""
        for choices in self.query(OptionList):
            choices.styles.max_height = max(3, self.app.size.height - _OTHER_LINES)

    def on_option_list_option_highlighted(self) -> None:
        """Say the whole sentence of the highlighted one."""
        self._say()

    def _say(self) -> None:
        place = self.query_one(OptionList).highlighted
        entry = self._found[place] if place is not None and place < len(self._found) else None
        self.query_one("#found-help", Static).update(Content.styled(entry.help, TEXT) if entry else "")

    def action_move(self, by: int) -> None:
        """Choose another one, some lines on."""
        if self._found and self.query(OptionList):
            choices = self.query_one(OptionList)
            choices.highlighted = min(max((choices.highlighted or 0) + by, 0), len(self._found) - 1)

    def action_page(self, by: int) -> None:
        """Choose another one, a page on."""
        for choices in self.query(OptionList):
            self.action_move(by * max(1, choices.size.height - 1))

    def on_input_submitted(self) -> None:
        """Do the highlighted one."""
        place = self.query_one(OptionList).highlighted
        self._choose(place)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Do the one that was clicked."""
        self._choose(event.option_index)

    def _choose(self, place: int | None) -> None:
        if self._found and place is not None and self.is_current:
            self.dismiss(self._found[place])

    def action_leave(self) -> None:
        """Close without doing anything."""
        if self.is_current:
            self.dismiss(None)
