"""The list under a learning curve: its points, and the runs that are none."""

from bertft_tui.core.analysis.learning_curve import LearningCurve
from bertft_tui.tui.format import clean
from bertft_tui.tui.glyphs import BRIGHT, MUTED, TEXT, WARNING
from bertft_tui.tui.learning_words import FIGURES, figures_of
from bertft_tui.tui.widgets.board_line import Line
from bertft_tui.tui.widgets.board_table import Column, Row, board_table
from bertft_tui.tui.widgets.strips import fit_cells

#: How early a figure leaves a narrow list: worst and best first.
_RANKS = {"worst": 4, "best": 3, "deviation": 2, "seeds": 1}


def learning_lines(curve: LearningCurve, width: int) -> tuple[list[Line], list[Line]]:
    """Return the head and the lines, for so many cells; the line of a size stands for its newest run."""
    rows = []
    for point in curve.points:
        newest = max(point.runs, key=lambda run: run.created_at)
        cells = zip(figures_of(curve, point), FIGURES, strict=True)
        rows.append(Row(tuple((text, BRIGHT if name == "mean" else TEXT) for text, name in cells), newest.id))
    columns = [Column(name, right=True, rank=_RANKS.get(name, 0)) for name in FIGURES]
    head, lines = board_table(columns, rows, width)
    for run, why in curve.left_out:
        words = f"left out: {clean(run.name, limit=200)} {clean(why, limit=200)}"
        lines.append(Line(((fit_cells(words, width), MUTED if run.status.is_alive else WARNING),), run.id))
    return [head] if curve.points else [], lines
