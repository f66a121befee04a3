"""Trees of runs as lines: what came from what, what was changed, and what that brought."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from bertft_tui.core.analysis.lineage import Branch, Tree
from bertft_tui.tui.difference_words import COLOURS
from bertft_tui.tui.format import clean
from bertft_tui.tui.glyphs import BRIGHT, FAINT, METRIC, MUTED, TEXT, WARNING
from bertft_tui.tui.lineage_words import effect_words, label_of, stem, trunk, value_words
from bertft_tui.tui.widgets.board_line import Line
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.strips import fit_cells, wrap_cells

#: From this width on what a step brought stands beside it, else below.
_BESIDE = 110

#: Lines that an effect may take; cells that labels have at least.
_MOST_LINES, _LEAST = 3, 12

_GAP = 2


def lineage_lines(found: Sequence[Tree], chosen: str | None, width: int) -> tuple[list[Line], list[Line]]:
    """Return the lines for so many cells, a blank one between two trees; there is no head."""
    lines: list[Line] = []
    for tree in found:
        lines += [Line()] * bool(lines)
        lines += _beside(tree, chosen, width) if width >= _BESIDE else _below(tree, chosen, width)
    return [], lines


def _below(tree: Tree, chosen: str | None, width: int) -> Iterator[Line]:
    """A run and its value in a line, what its step brought in those under it."""
    for branch, passes in _passing(tree):
        value = clean(value_words(branch, chosen), limit=60)
        room = max(_LEAST, width - cell_len(stem(branch)) - cell_len(value) - _GAP)
        yield Line((*_label(branch, room), (" " * _GAP, ""), (value, METRIC)), branch.run.id)
        for text, style in _effect(branch, max(_LEAST, width - cell_len(passes))):
            yield Line(((passes, FAINT), (text, style)), branch.run.id)


def _beside(tree: Tree, chosen: str | None, width: int) -> Iterator[Line]:
    """A run, its value and what its step brought side by side."""
    values = [clean(value_words(branch, chosen), limit=60) for branch in tree]
    longest = max(cell_len(stem(branch) + clean(label_of(branch))) for branch in tree)
    left, middle = min(longest, width // 2), max(map(cell_len, values))
    for (branch, passes), value in zip(_passing(tree), values, strict=True):
        effect = _effect(branch, width - left - middle - 2 * _GAP) or [("", "")]
        begin = (*_label(branch, left - cell_len(stem(branch))), (" " * _GAP, ""), (fit_cells(value, middle), METRIC))
        for place, each in enumerate(effect):
            before = ((fit_cells(passes, left + _GAP + middle), FAINT),) if place else begin
            yield Line((*before, (" " * _GAP, ""), each), branch.run.id)


def _passing(tree: Tree) -> Iterator[tuple[Branch, str]]:
    """Each branch with the lines that go on below its own: to its siblings and to its children."""
    for branch, below in zip(tree, (*tree[1:], None), strict=True):
        has_children = below is not None and below.depth > branch.depth
        yield branch, trunk(branch) + ("│  " if has_children else "   ")


def _label(branch: Branch, room: int) -> tuple[Span, Span]:
    style = f"{BRIGHT} bold" if branch.step is None else BRIGHT if branch.step.change else TEXT
    return (stem(branch), FAINT), (fit_cells(clean(label_of(branch), limit=300), room), style)


def _effect(branch: Branch, room: int) -> list[Span]:
    """What a step brought, in the colour of its verdict; nothing for a root, and before there is a value."""
    step = branch.step
    if step is None or (step.difference is None and not step.why_not):
        return []
    style = COLOURS[step.pair.decision] if step.pair is not None else WARNING if step.why_not else MUTED
    return [(text, style) for text in wrap_cells(clean(effect_words(step), limit=400), room, _MOST_LINES)]
