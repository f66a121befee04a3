"""A confusion matrix as lines: shaded by the share of the true class, what is right apart from what is not."""

from collections.abc import Sequence
from typing import Literal

from rich.cells import cell_len

from bertft_tui.core.analysis.classes import ClassReport
from bertft_tui.tui.format import clean
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, FAINT, METRIC, MUTED, TEXT, WARNING, glyphs
from bertft_tui.tui.report_words import share_words
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.strips import fit_cells, wrap_cells

#: What stands in the cells: how many texts, or which share of the true class.
Figures = Literal["counts", "shares"]

#: The spans of a line that stay, and those that go to the side.
Parts = tuple[Sequence[Span], Sequence[Span]]

#: Cells of a label in front of its row: at most, and in a narrow pane.
_NAMES, _SHORT = 22, 14

#: From so many cells on a column has a label over it, beside its number.
_HEADS = 8

#: Between two matrices.
_GAP = "   "

#: Rows after which the heads of the columns stand there again.
_AGAIN = 12

#: Of so many classes shades are two cells wide.
_FEW = 8


def matrix_rows(classes: ClassReport, width: int, figures: Figures) -> list[Parts]:
    """Title and matrix: beside each other as counts and as shares where both fit, else one of them."""
    if classes.confusion is None or classes.by_row is None:
        return []
    names = [f"{number} {clean(each.label, limit=_NAMES)}" for number, each in enumerate(classes.scores, 1)]
    wide = longest = min(max(map(cell_len, names)), _NAMES)
    if longest + 1 + _cell(classes, figures) * len(names) > width:
        wide = min(longest, max(_SHORT, width // 4))
    sets: list[Figures] = ["counts", "shares"] if _fits(classes, width - wide - 1) else [figures]
    blocks = [_block(classes, names, each) for each in sets]
    rows = [[span for block in line for span in ((_GAP, ""), *block)][1:] for line in zip(*blocks, strict=True)]
    labels = ["", *names]
    lines: list[Parts] = [
        ([(f"{fit_cells(name, wide)} ", TEXT)], row) for name, row in zip(labels, rows, strict=True)
    ]
    for place in range(len(names) // _AGAIN * _AGAIN, 0, -_AGAIN):
        lines[place + 1 : place + 1] = lines[:1] if place < len(names) else []
    return [*_title(width, sets), *lines]


def _title(width: int, sets: Sequence[Figures]) -> list[Parts]:
    """What the matrix is, and what stands in it."""
    other = "shares" if sets[0] == "counts" else "counts"
    turns = "texts, and their share of the row" if len(sets) > 1 else f"{_WORDS[sets[0]]}; o shows {other}"
    title, axes = "What is taken for what", "(rows true, columns predicted)"
    said: list[Parts] = [([(title, f"{ACCENT} bold"), (f" {axes}", MUTED)], [])]
    if cell_len(f"{title} {axes}") > width:
        said = [([(title, f"{ACCENT} bold")], []), *(([(line, MUTED)], []) for line in wrap_cells(axes, width, 2))]
    return [*said, *(([(line, MUTED)], []) for line in wrap_cells(turns, width, 2))]


_WORDS: dict[Figures, str] = {"counts": "texts", "shares": "shares of the row"}


def _fits(classes: ClassReport, width: int) -> bool:
    """Whether both matrices fit beside each other."""
    return sum(_cell(classes, each) for each in _WORDS) * len(classes.scores) + len(_GAP) <= width


def _cell(classes: ClassReport, figures: Figures) -> int:
    """Cells of one column."""
    most = 0 if classes.confusion is None else int(classes.confusion.max(initial=0))
    return 1 + _shade(classes) + 1 + len(f"{most:,}" if figures == "counts" else "100 %")


def _shade(classes: ClassReport) -> int:
    """Cells of a shade."""
    return 2 if len(classes.scores) <= _FEW else 1


def _block(classes: ClassReport, names: list[str], figures: Figures) -> list[list[Span]]:
    """The matrix with its heads: numbers, and as much of the labels as there is room for."""
    assert classes.confusion is not None
    assert classes.by_row is not None
    wide, shade = _cell(classes, figures), _shade(classes)
    heads = [name if wide >= _HEADS else name.partition(" ")[0] for name in names]
    rows: list[list[Span]] = [[(f" {fit_cells(head, wide - 1, right=True)}", MUTED) for head in heads]]
    pairs = zip(classes.confusion.tolist(), classes.by_row.tolist(), strict=True)
    for row, (counts, shares) in enumerate(pairs):
        cells = []
        for column, (count, share) in enumerate(zip(counts, shares, strict=True)):
            figure = f"{count:,}" if figures == "counts" else share_words(share)
            cells += _cell_spans(figure if count else "", share, wide, shade, is_right=row == column)
        rows.append(cells)
    return rows


def _cell_spans(figure: str, share: float, wide: int, shade: int, *, is_right: bool) -> list[Span]:
    """A shade and a figure; without a figure a point."""
    if not figure:
        return [(f"{'·':>{wide}}", FAINT)]
    shades = glyphs().shades
    shape = shades[min(len(shades) - 1, int(share * len(shades)))] * shade
    style = f"{BRIGHT} bold" if is_right else TEXT
    return [(" ", ""), (shape, METRIC if is_right else WARNING), (f"{figure:>{wide - shade - 1}}", style)]
