"""A list to choose from by typing: settings of the form, models, data, folders and files."""

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from bertft_tui.tui.form.offers import Offer, is_path, matching
from bertft_tui.tui.format import content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED

#: Makes the offers for what was typed: given a path in the making, what its folder holds.
Paths = Callable[[str], list[Offer]]


class Chooser(ModalScreen[str | None]):
    """A line to type in and what fits below it. Enter takes what is highlighted, else what was typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(8)", show=False, priority=True),
        Binding("pageup", "move(-8)", show=False, priority=True),
        Binding("tab", "complete", show=False, priority=True),
    ]

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
            yield Input(compact=True, placeholder="type to search" + (", or a path: ./ ~/ /" if self._paths else ""))
            yield OptionList(id="chooser-list")
            yield Static(id="chooser-note")
            yield Static(
                Content.assemble(("enter", key), (" take   ", MUTED), ("tab", key), (" complete   ", MUTED),
                                 ("esc", key), (" back", MUTED)), classes="dialog-keys",
            )  # fmt: skip

    def on_mount(self) -> None:
        """Read what there is."""
        self.query_one("#chooser-list").can_focus = False
        self.query_one(Input).focus()
        self._fill("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._fill(event.value)

    @work(exclusive=True, group="offers")
    async def _fill(self, text: str) -> None:
        """Show what fits; a newer text takes the place of one that is still being looked for."""
        if self._offers is None:
            self._offers = await asyncio.to_thread(self._load)
        offers = self._offers
        if self._paths is not None and is_path(text):
            offers = await asyncio.to_thread(self._paths, text)
        self._shown = matching(offers, text)
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options([Option(_drawn(offer)) for offer in self._shown])
        listed.highlighted = 0 if self._shown else None
        self.query_one("#chooser-note", Static).update(content("" if self._shown else self._empty, MUTED))

    @property
    def _chosen(self) -> Offer | None:
        place = self.query_one(OptionList).highlighted
        return self._shown[place] if place is not None and place < len(self._shown) else None

    def action_move(self, by: int) -> None:
        """Move the highlight."""
        listed = self.query_one(OptionList)
        if self._shown:
            place = (listed.highlighted or 0) + by
            listed.highlighted = min(max(place, 0), len(self._shown) - 1)

    def action_complete(self) -> None:
        """Write the highlighted value into the line; a folder shows what it holds."""
        if (offer := self._chosen) is not None:
            line = self.query_one(Input)
            line.value = offer.value
            line.action_end()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        offer = self._chosen
        self._close(self._written(offer.value) if offer is not None else event.value.strip() or None)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._close(self._written(self._shown[event.option_index].value))

    def action_leave(self) -> None:
        """Take nothing."""
        self._close(None)

    def _close(self, value: str | None) -> None:
        if self.is_current:
            self.dismiss(value)


def _drawn(offer: Offer) -> Content:
    name = content(offer.shown or offer.value, BRIGHT, limit=300)
    return Content.assemble(name, content(f"  {offer.what}", MUTED, limit=300))
