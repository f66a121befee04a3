"""What runs say of a text, as lines: a bar for each class, beside it the same class of another run."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from bertft_tui.core.scheduling.trying import Verdict
from bertft_tui.tui.describe import problem_block
from bertft_tui.tui.format import NOTHING, clean, count_of, metric
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED, TEXT, WARNING, glyphs
from bertft_tui.tui.progress import bar
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.strips import fit_cells

#: Classes that are drawn; nobody reads more.
MOST_CLASSES = 300

_FIGURE = 6
_BAR_AT_MOST = 40
_BAR_AT_LEAST = 4
_LABEL_AT_LEAST = 8

#: How the runs are told apart where several are asked.
MARKS = "AB"


@dataclass(frozen=True)
class Said:
    """A run's name and what it says."""

    name: str
    verdict: Verdict


def verdict_text(said: Sequence[Said], width: int) -> Content:
    """All that the runs say, for so many cells."""
    lines = [_heading(each, place, width, alone=len(said) == 1) for place, each in enumerate(said)]
    troubled = [each for each in said if each.verdict.problem is not None]
    speaking = [each for each in said if each.verdict.predicted is not None]
    blocks = [Content("\n").join(lines)]
    blocks += [problem_block(each.verdict.problem) for each in troubled if each.verdict.problem is not None]
    if speaking:
        if len(speaking) > 1:
            blocks.append(_agreement(speaking))
        blocks.append(_table(said, width))
    elif any(each.verdict.step for each in said):  # one is ready
        blocks.append(Content.styled("Type a text, or ctrl+n takes one of the evaluation rows.", MUTED))
    return Content("\n\n").join(blocks)


def said_words(verdict: Verdict) -> str:
    """What a run decided, in a few words: `sport 0.912`, `3.2`, `a, b`."""
    if verdict.predicted is None:
        return NOTHING
    if isinstance(verdict.predicted, float | int):
        return metric(verdict.predicted)
    labels = ", ".join(clean(label, limit=60) for label in verdict.predicted) or "none of the labels"
    sure = dict(verdict.shares).get(verdict.predicted[0]) if len(verdict.predicted) == 1 else None
    return labels if sure is None else f"{labels} {metric(sure)}"


def _heading(said: Said, place: int, width: int, *, alone: bool) -> Content:
    mark = "" if alone else f"{MARKS[place]} "
    step = f"  step {said.verdict.step}" if said.verdict.step else ""
    name = fit_cells(clean(said.name, limit=300), max(1, width - len(mark) - len(step))).rstrip()
    return Content.assemble((mark, f"{ACCENT} bold"), (name, BRIGHT), (step, MUTED))


def _agreement(speaking: Sequence[Said]) -> Content:
    first, second = (each.verdict for each in speaking[:2])
    if _is_same(first, second):
        return Content.styled(f"Both say {said_words(first)} and {said_words(second)}.", MUTED)
    return Content.styled(f"They disagree: {said_words(first)} against {said_words(second)}.", WARNING)


def _is_same(first: Verdict, second: Verdict) -> bool:
    """Whether two runs decide alike; of numbers nobody can say."""
    if isinstance(first.predicted, tuple) and isinstance(second.predicted, tuple):
        return set(first.predicted) == set(second.predicted)
    return first.predicted == second.predicted


def _table(said: Sequence[Said], width: int) -> Content:
    """A line for each class, the likeliest of the first run on top, a column for each run."""
    labels = _labels(said)
    column = 2 + _FIGURE + 2
    longest = max(map(cell_len, (clean(label, limit=200) for label in labels)), default=0)
    wide = max(_LABEL_AT_LEAST, min(longest, width - 2 - len(said) * (column + _BAR_AT_LEAST)))
    bars = max(1, min(_BAR_AT_MOST, (width - wide - 2 - len(said) * column) // len(said)))
    lines = []
    if len(said) > 1:
        heads: list[Span] = [(" " * (wide + 2), "")]
        heads += [(f"  {fit_cells(MARKS[place], column - 2 + bars)}", f"{ACCENT} bold") for place in range(len(said))]
        lines.append(Content.assemble(*heads))
    lines += [_row(label, said, wide, bars) for label in labels[:MOST_CLASSES]]
    if len(labels) > MOST_CLASSES:
        more = count_of(len(labels) - MOST_CLASSES, "less likely class", "less likely classes")
        lines.append(Content.styled(f"and {more}", MUTED))
    return Content("\n").join(lines)


def _labels(said: Sequence[Said]) -> list[str]:
    """Every class that one of the runs knows; a number has the name `value`."""
    found: dict[str, None] = {}
    for each in said:
        found |= dict.fromkeys(label for label, _ in each.verdict.shares)
        if isinstance(each.verdict.predicted, float | int):
            found["value"] = None
    return list(found)


def _row(label: str, said: Sequence[Said], wide: int, bars: int) -> Content:
    decided = [_decides(each.verdict, label) for each in said]
    known = [each for each, one in zip(decided, said, strict=True) if one.verdict.predicted is not None]
    disputed = len(set(known)) > 1
    style = WARNING if disputed else BRIGHT if any(decided) else TEXT
    spans: list[Span] = [(fit_cells(clean(label, limit=200), wide), style), ("  ", "")]
    for each, is_decided in zip(said, decided, strict=True):
        spans += _cell(each.verdict, label, bars, is_decided=is_decided, style=style)
    return Content.assemble(*spans)


def _decides(verdict: Verdict, label: str) -> bool:
    return isinstance(verdict.predicted, tuple) and label in verdict.predicted


def _cell(verdict: Verdict, label: str, bars: int, *, is_decided: bool, style: str) -> list[Span]:
    """A mark where the run decides for this class, the bar, the probability."""
    mark: Span = (f"{glyphs().cursor if is_decided else ' '} ", ACCENT)
    if isinstance(verdict.predicted, float | int) and label == "value":
        return [mark, (fit_cells(metric(verdict.predicted), bars + _FIGURE), BRIGHT), ("  ", "")]
    share = dict(verdict.shares).get(label)
    if share is None:
        return [mark, (" " * bars, ""), (f"{NOTHING:>{_FIGURE}}", MUTED), ("  ", "")]
    return [
        mark,
        *bar(share, bars, glyphs()),
        (f"{metric(share):>{_FIGURE}}", style if is_decided else TEXT),
        ("  ", ""),
    ]
