"""The help screen in words, from the declaration of the keys: what matches a search, in one column or two."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, MUTED, STATUS_COLOURS, TEXT, glyphs
from bertft_tui.tui.hanging import Hanging, Hung
from bertft_tui.tui.keys import SCOPE_TITLES, Scope, commands
from bertft_tui.tui.metric_choice import SELECTED

_KEYS = 18
_MARGIN = _KEYS + 3
_NOTHING = Content.styled("Nothing here says that.", MUTED)


@dataclass(frozen=True)
class Section:
    """A heading and its lines: each a sign or keys, its colour, what it means, and what the footer calls it."""

    title: str
    lines: tuple[tuple[str, str, str, str], ...]

    def matching(self, query: str) -> "Section":
        """The lines that have all words of a search; all of them where the heading has."""
        words = query.casefold().split()
        if all(word in self.title.casefold() for word in words):
            return self
        found = (line for line in self.lines if all(word in _searched(line) for word in words))
        return Section(self.title, tuple(found))

    def drawn(self) -> list[Hung | Content]:
        """The section as lines that hang under their words."""
        lines = [
            Hung(Content.assemble((f"  {sign:<{_KEYS}} ", colour), (words, TEXT)), _MARGIN)
            for sign, colour, words, _label in self.lines
        ]
        return [Content.styled(self.title, f"{BRIGHT} bold"), *lines]


def _searched(line: tuple[str, str, str, str]) -> str:
    sign, _colour, words, label = line
    return f"{sign} {words} {label}".casefold()


def help_text(first: Scope, query: str = "") -> Hanging:
    """All keys that a search is about, section by section, the given one first; and what the shapes mean."""
    return _joined(_sections(first, query))


def help_columns(first: Scope, query: str = "") -> tuple[Hanging, Hanging]:
    """The same in two columns of about the same length."""
    sections = _sections(first, query)
    lengths = [len(section.lines) + 2 for section in sections]
    cut = min(range(len(sections) + 1), key=lambda place: abs(sum(lengths[:place]) - sum(lengths[place:])))
    return _joined(sections[:cut]), _joined(sections[cut:], _NOTHING if not sections else None)


def _sections(first: Scope, query: str) -> list[Section]:
    scopes = sorted(SCOPE_TITLES, key=lambda scope: (scope != first, scope != "everywhere"))
    found = [*map(_keys, scopes), _shapes()]
    return [section for section in (each.matching(query) for each in found) if section.lines]


def _joined(sections: Sequence[Section], nothing: Content | None = _NOTHING) -> Hanging:
    lines: list[Hung | Content] = []
    for section in sections:
        lines += [Content(""), *section.drawn()] if lines else section.drawn()
    return Hanging(lines or ([nothing] if nothing is not None else []))


def _keys(scope: Scope) -> Section:
    lines = ((each.shown_keys, ACCENT, each.help, each.label) for each in commands(scope))
    return Section(SCOPE_TITLES[scope], tuple(lines))


def _shapes() -> Section:
    shapes = glyphs()
    lines = [(shapes.status[status], STATUS_COLOURS[status], _MEANING[status]) for status in RunStatus]
    lines += [
        (shapes.selected, BRIGHT, f"{SELECTED}: the best of several on the same rows; it flatters"),
        (shapes.nan, ERROR, "a loss or gradient that is no number"),
        (shapes.diverged, ERROR, "diverged: the loss has risen far and stays up"),
        (shapes.up, TEXT, "of a metric: more is better; at a column: sorted, the last first"),
        (shapes.down, TEXT, "of a metric: less is better; at a column: sorted"),
        (shapes.point, TEXT, "an evaluation, on a curve"),
        (shapes.points, TEXT, "evaluations of several runs in one place, on their curves"),
        (shapes.best, BRIGHT, "the best: on a curve its place, in a comparison the best figure"),
        (shapes.checkpoint, MUTED, "under a curve: a checkpoint was saved"),
        (shapes.resumed, MUTED, "through a curve: another attempt went on here"),
    ]
    return Section("What the shapes mean", tuple((*line, "") for line in lines))


_MEANING: dict[RunStatus, str] = {
    RunStatus.QUEUED: "queued: starts by itself when its turn comes",
    RunStatus.STARTING: "starting: its process loads model and data",
    RunStatus.RUNNING: "running",
    RunStatus.FINISHED: "finished",
    RunStatus.STOPPED: "stopped when asked; a checkpoint is saved, r goes on",
    RunStatus.CANCELLED: "cancelled when asked; nothing was saved",
    RunStatus.FAILED: "failed, with a reason",
    RunStatus.LOST: "lost: its process vanished without a word; r goes on from the last checkpoint",
}
