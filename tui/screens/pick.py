"""A small dialog: pick one of a list, found by typing."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.screens.searching import SearchDialog
from bertft_tui.tui.widgets.find_field import FindField


@dataclass(frozen=True)
class Choice:
    """One line of the list."""

    key: str
    title: str
    help: str = ""


class Pick(SearchDialog[str]):
    """Gives the key of the chosen line; None when it was left. Lines stay while their words hold what is typed."""

    def __init__(self, title: str, choices: list[Choice], present: str = "") -> None:
        super().__init__()
        self._title, self._choices, self._present = title, choices, present
        self._shown: list[Choice] = []

    def compose(self) -> ComposeResult:
        """Title, search field, list, keys."""
        with Vertical(classes="dialog pick"):
            yield Static(content(self._title, f"{BRIGHT} bold"))
            yield FindField(placeholder="type to find", compact=True)
            yield OptionList(compact=True)
            key = f"{ACCENT} bold"
            words = Content.assemble(("enter", key), (" take   ", MUTED), ("esc", key), (" leave", MUTED))
            yield Static(words, classes="dialog-keys")

    def fill(self, text: str) -> None:
        """Show what has every word; the present one is highlighted until something is typed."""
        words = text.casefold().split()
        self._shown = sorted(
            (each for each in self._choices if all(word in f"{each.title} {each.help}".casefold() for word in words)),
            key=lambda each: rank(each.title.casefold(), words),
        )
        keys = [choice.key for choice in self._shown]
        place = keys.index(self._present) if self._present in keys and not words else 0
        self.show([self._line(choice) for choice in self._shown], place)

    def _line(self, choice: Choice) -> Content:
        width = max((len(each.title) for each in self._choices), default=0)
        here = "‹ now" if choice.key == self._present else ""
        return Content.assemble(
            (clean(choice.title, limit=60).ljust(min(width, 30)), BRIGHT),
            content(f"  {choice.help}", MUTED, limit=200),
            (f"  {here}" if here else "", ACCENT),
        )

    def take(self, place: int | None) -> None:
        """Close with the key of a line."""
        if place is not None:
            self.close(self._shown[place].key)


def rank(title: str, words: list[str]) -> int:
    """Lines whose title begins with what was typed come first, then those whose title has it."""
    if not words or title == words[0]:
        return 0
    return 1 if title.startswith(words[0]) else 2 if words[0] in title else 3
