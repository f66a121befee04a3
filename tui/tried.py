"""The texts that somebody has tried, to go through them again: as a shell's history."""

from dataclasses import dataclass

#: Texts that are kept; older ones give way.
MOST = 200


@dataclass(frozen=True)
class TriedText:
    """A text, the second one where the model reads two, and what was said of it."""

    text: str
    pair: str = ""
    said: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to try."""
        return not (self.text.strip() or self.pair.strip())

    def is_same(self, other: "TriedText") -> bool:
        """Whether the words are the same, whatever was said of them."""
        return (self.text, self.pair) == (other.text, other.pair)


class TriedTexts:
    """The texts of a session, the newest last, and the place among them; the draft stands behind the newest."""

    def __init__(self) -> None:
        self.texts: list[TriedText] = []
        self.place: int | None = None  # of the text that is shown; None: the draft
        self._draft = TriedText("")

    def keep(self, tried: TriedText) -> None:
        """Take a text in, or again to the end, with what was said last; the draft is empty then."""
        if not tried.is_empty:
            self.texts = [*(each for each in self.texts if not each.is_same(tried)), tried][-MOST:]
        self.place, self._draft = None, TriedText("")

    def say(self, tried: TriedText, said: str) -> None:
        """Note what was said of a text that is among them."""
        self.texts = [TriedText(each.text, each.pair, said) if each.is_same(tried) else each for each in self.texts]

    def go(self, by: int, shown: TriedText) -> TriedText | None:
        """Go to an earlier (-1) or later (1) text; None where there is none. `shown`: what the field holds now."""
        here = len(self.texts) if self.place is None else self.place
        target = here + by
        if not 0 <= target <= len(self.texts):
            return None
        if self.place is None:
            self._draft = shown
        self.place = None if target == len(self.texts) else target
        return self._draft if self.place is None else self.texts[self.place]
