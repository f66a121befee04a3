"""A list to choose from by typing: settings of the form, models, data, folders and files."""

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from bertft_tui.tui.form.offers import Offer, is_path, matching
from bertft_tui.tui.format import content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.screens.searching import SearchDialog
from bertft_tui.tui.widgets.find_field import FindField

#: Makes the offers for what was typed: given a path in the making, what its folder holds.
Paths = Callable[[str], list[Offer]]


class _PathField(FindField):
    """A search field whose tab completes a path."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "screen.complete", show=False)]


class Chooser(SearchDialog[str]):
    """A line to type in and what fits below it. Enter takes what is highlighted, else what was typed."""

    def __init__(
        self,
        title: str,
        load: Callable[[], Sequence[Offer]],
        *,
        paths: Paths | None = None,
        written: Callable[[str], str] = str,
        empty: str = "Nothing here fits.",
    ) -> None:
        super().__init__()
        self._title, self._load, self._paths, self._empty = title, load, paths, empty
        self._written = written  # how what is chosen is written into a field; what was typed stays as it is
        self._offers: Sequence[Offer] | None = None  # None until they were read
        self._shown: list[Offer] = []

    def compose(self) -> ComposeResult:
        """Title, line, list, keys."""
        key = f"{ACCENT} bold"
        with Vertical(classes="dialog", id="chooser"):
            yield Static(content(self._title, f"{BRIGHT} bold"))
            yield _PathField(
                compact=True, placeholder="type to search" + (", or a path: ./ ~/ /" if self._paths else "")
            )
            yield OptionList(id="chooser-list")
            yield Static(id="chooser-note")
            yield Static(
                Content.assemble(("enter", key), (" take   ", MUTED), ("tab", key), (" complete   ", MUTED),
                                 ("esc", key), (" back", MUTED)), classes="dialog-keys",
            )  # fmt: skip

    @work(exclusive=True, group="offers")
    async def fill(self, text: str) -> None:
        """Show what fits; a newer text takes the place of one that is still being looked for."""
        if self._offers is None:
            self._offers = await asyncio.to_thread(self._load)
        offers = self._offers
        if self._paths is not None and is_path(text):
            offers = await asyncio.to_thread(self._paths, text)
        self._shown = matching(offers, text)
        self.show([_drawn(offer) for offer in self._shown])
        self.query_one("#chooser-note", Static).update(content("" if self._shown else self._empty, MUTED))

    async def action_complete(self) -> None:
        """Write the highlighted value into the line; a folder shows what it holds."""
        await self.catch_up()
        if self.place is not None:
            self.field.value = self._shown[self.place].value
            self.field.action_end()

    def take(self, place: int | None) -> None:
        """Close with the value of a line, or with what was typed."""
        typed = self.field.value.strip() or None
        self.close(self._written(self._shown[place].value) if place is not None else typed)


def _drawn(offer: Offer) -> Content:
    name = content(offer.shown or offer.value, BRIGHT, limit=300)
    return Content.assemble(name, content(f"  {offer.what}", MUTED, limit=300))
