"""A small dialog: pick one of a list, found by typing."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.widgets.find_field import FindField


@dataclass(frozen=True)
class Choice:
    """One line of the list."""

    key: str
    title: str
    help: str = ""


class Pick(ModalScreen[str | None]):
    """Gives the key of the chosen line; None when it was left. Lines stay while their words hold what is typed."""

    def __init__(self, title: str, choices: list[Choice], present: str = "", *, deletes: bool = False) -> None:
        super().__init__()
        self._title, self._choices, self._present = title, choices, present
        self._shown: list[Choice] = []
        self._searched = ""

    def compose(self) -> ComposeResult:
        """Title, search field, list, keys."""
        with Vertical(classes="dialog pick"):
            yield Static(content(self._title, f"{BRIGHT} bold"))
            yield FindField(placeholder="type to find", compact=True)
            yield OptionList(compact=True)
            key = f"{ACCENT} bold"
            words = Content.assemble(("enter", key), (" take   ", MUTED), ("esc", key), (" leave", MUTED))
            yield Static(words, classes="dialog-keys")

    def on_mount(self) -> None:
        """Show all, the present one highlighted."""
        self.query_one(OptionList).can_focus = False
        self.query_one(FindField).focus()
        self._fill("")
        keys = [choice.key for choice in self._shown]
        if self._present in keys:
            self.query_one(OptionList).highlighted = keys.index(self._present)

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        event.stop()
        self._catch_up()

    def _catch_up(self) -> None:
        """Show what fits what stands in the field; what the field says of a change comes later than its keys."""
        text = self.query_one(FindField).value
        if text != self._searched:
            self._fill(text)

    def _fill(self, text: str) -> None:
        self._searched = text
        words = text.casefold().split()
        self._shown = sorted(
            (each for each in self._choices if all(word in f"{each.title} {each.help}".casefold() for word in words)),
            key=lambda each: rank(each.title.casefold(), words),
        )
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(self._line(choice)) for choice in self._shown])
        options.highlighted = 0 if self._shown else None

    def _line(self, choice: Choice) -> Content:
        width = max((len(each.title) for each in self._choices), default=0)
        here = "‹ now" if choice.key == self._present else ""
        return Content.assemble(
            (clean(choice.title, limit=60).ljust(min(width, 30)), BRIGHT),
            content(f"  {choice.help}", MUTED, limit=200),
            (f"  {here}" if here else "", ACCENT),
        )

    def action_move(self, by: int) -> None:
        """Go up or down the list."""
        self._catch_up()
        options = self.query_one(OptionList)
        if self._shown:
            place = (options.highlighted or 0) + by
            options.highlighted = min(max(place, 0), len(self._shown) - 1)

    def action_take(self) -> None:
        """Close with the highlighted line."""
        self._catch_up()
        place = self.query_one(OptionList).highlighted
        if place is not None and place < len(self._shown):
            self._close(self._shown[place].key)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._close(self._shown[event.option_index].key)

    def on_key(self, event: Key) -> None:
        """Give the field what was typed before it had the focus; no key leaves the dialog."""
        if not self.query_one(FindField).has_focus:
            self.query_one(FindField).catch_up(event)
        event.stop()

    def action_leave(self) -> None:
        """Close without one."""
        self._close(None)

    def _close(self, key: str | None) -> None:
        if self.is_current:  # the same key may come twice before the dialog is gone
            self.dismiss(key)


def rank(title: str, words: list[str]) -> int:
    """Lines whose title begins with what was typed come first, then those whose title has it."""
    if not words or title == words[0]:
        return 0
    return 1 if title.startswith(words[0]) else 2 if words[0] in title else 3
