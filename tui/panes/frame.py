"""What all panes have in common: what they are made from, and how a line of name and value looks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from textual.content import Content

from bertft_tui.core.store.records import RunRecord, VitalsSummary, VitalsTrace
from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.hanging import Hung
from bertft_tui.tui.interests.history import RunHistory
from bertft_tui.tui.snapshot import Snapshot

#: One or, where it is wrapped, several lines on the screen.
Line = Hung | Content

_BOLD = f"{ACCENT} bold"


@dataclass(frozen=True)
class Pane:
    """What a pane is made from. `find` and `only` narrow down what it lists."""

    run: RunRecord
    snapshot: Snapshot
    history: RunHistory
    folder: str  # of the run
    width: int = 0  # cells for what is drawn to fit; words wrap by themselves
    vitals: VitalsSummary = field(default_factory=VitalsSummary)
    trace: VitalsTrace = field(default_factory=VitalsTrace)
    find: str = ""
    only: bool = False
    kind: str = ""  # of events; empty: all

    def wants(self, *texts: str) -> bool:
        """Whether something is among what is looked for: all words of `find` stand in it."""
        found = " ".join(texts).casefold()
        return all(word in found for word in self.find.casefold().split())


def title(text: str) -> Content:
    """The heading of a part of a pane."""
    return content(text, _BOLD, limit=200)


def muted(text: str) -> Content:
    """Words about the pane itself, or of little weight."""
    return Content.styled(text, MUTED)


def row(name: str, value: str, style: str = BRIGHT, column: int = 18) -> Hung:
    """A name and its value, whose lines hang under each other."""
    label = clean(name, limit=column - 1).ljust(column)
    return Hung(Content.assemble((f"  {label}", MUTED), content(value, style, lines=True)), column + 2)


def apart(parts: Iterable[Sequence[Line]]) -> list[Line]:
    """Parts of a pane with a blank line between them; empty ones are left out."""
    lines: list[Line] = []
    for part in parts:
        if part:
            lines += [Content(""), *part] if lines else part
    return lines
