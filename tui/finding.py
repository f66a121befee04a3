"""What the command palette finds: entries with a title, a sentence and what they do, and which of them match."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from textual.content import Content

from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.widgets.strips import fit_cells

#: Entries that are shown; who wants another one types more.
MOST = 100


@dataclass(frozen=True)
class Entry:
    """One thing that the palette can do. Title and help are safe to print."""

    title: str
    help: str
    run: Callable[[], object]
    key: str = ""
    unasked: bool = True  # whether it is shown before something is typed

    def drawn(self, query: str, width: int) -> Content:
        """The entry in a line: key, title in so many cells, sentence; what was typed stands out in the title."""
        title = Content.styled(fit_cells(self.title, width), BRIGHT)
        for word in query.casefold().split():
            if (place := self.title.casefold().find(word)) >= 0:
                title = title.stylize("underline", place, place + len(word))
        return Content.assemble((f"{self.key:>9}  ", f"{ACCENT} bold"), title, (f"  {self.help}", MUTED))


def matching(entries: Iterable[Entry], query: str) -> list[Entry]:
    """The entries that have every word of a query in title, help or key, the best first; of none those unasked."""
    words = query.casefold().split()
    if not words:
        return [entry for entry in entries if entry.unasked][:MOST]
    found = [(rank, entry) for entry in entries if (rank := _rank(entry, words)) is not None]
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])][:MOST]


def _rank(entry: Entry, words: list[str]) -> int | None:
    """How well an entry fits, smaller is better; None when a word is nowhere. Nothing is better than its key."""
    title, sentence = entry.title.casefold(), entry.help.casefold()
    if [entry.key.casefold()] == words:
        return 0
    worst = 0
    for word in words:
        if title.startswith(word):
            rank = 1
        elif f" {word}" in title:
            rank = 2
        elif word in title:
            rank = 3
        elif f" {word}" in f" {sentence}":
            rank = 4
        elif word in sentence:
            rank = 5
        elif _are_in_order(word, title):
            rank = 6
        else:
            return None
        worst = max(worst, rank)
    return worst


def _are_in_order(letters: str, text: str) -> bool:
    """Whether all letters come in a text, in their order, from the first letter of a word on."""
    rest = iter(text)
    return len(letters) > 1 and text[:1] == letters[:1] and all(letter in rest for letter in letters)
