"""A plot as lines of coloured text: a pure function of its curves and its size."""

import math
from dataclasses import dataclass

from bertft_tui.tui.glyphs import ERROR, MUTED, Glyphs, glyphs
from bertft_tui.tui.widgets.braille import Canvas, Span
from bertft_tui.tui.widgets.scale import Scale, fit

Row = list[Span]


@dataclass(frozen=True)
class Curve:
    """One series: a line, or marked points joined by a thin line. A label stands at its end."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    colour: str
    points: bool = False
    label: str = ""


@dataclass(frozen=True)
class Plot:
    """Curves on common axes; later curves lie on top.

    `x_end` makes room for what is still to come; `y_most` is what no value exceeds, so the axis ends there.
    `diverged` is where the values had risen for good: marked at the top.
    """

    curves: tuple[Curve, ...] = ()
    log_y: bool = False
    x_end: float | None = None
    y_most: float = math.inf
    diverged: float | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(curve.xs for curve in self.curves)


def draw(plot: Plot, width: int, height: int, shapes: Glyphs | None = None) -> list[Row]:
    """Draw a plot on exactly `height` lines of at most `width` cells (at least 12 × 4)."""
    shapes = shapes or glyphs()
    xs, ys = _scales(plot)
    body = max(1, height - 1)
    ticks = _tick_rows(ys, body)
    gutter = max((len(label) for label in ticks.values()), default=1)
    canvas = Canvas(max(1, width - gutter - 1), body, braille=shapes.braille)
    for curve in plot.curves:
        _draw_curve(canvas, curve, xs, ys, shapes)
    _draw_labels(canvas, plot.curves, xs, ys)
    if plot.diverged is not None:
        canvas.char(_column(canvas, xs, plot.diverged), 0, shapes.diverged, ERROR)
    lines = [_edge(ticks.get(y), gutter, shapes) + row for y, row in enumerate(canvas.rows())]
    return [*lines, [(" " * gutter + _x_labels(xs, canvas.width + 1), MUTED)]]


def _scales(plot: Plot) -> tuple[Scale, Scale]:
    xs = [x for curve in plot.curves for x in curve.xs if math.isfinite(x)]
    end = max([*xs, plot.x_end or 0.0])
    start = min([0.0, *xs])
    ys = fit([y for curve in plot.curves for y in curve.ys], log=plot.log_y, most=plot.y_most)
    return Scale(start, end if end > start else start + 1.0), ys


def _tick_rows(scale: Scale, rows: int) -> dict[int, str]:
    """Which line carries which label, counted from the top."""
    asked, found = max(1, rows // 2), dict[int, str]()
    more = (scale.ticks(count) for count in (asked, asked + 1, asked + 3))
    for value, label in next((ticks for ticks in more if len(ticks) > 1), []):
        found.setdefault(round((1 - scale.fraction(value)) * (rows * 4 - 1)) // 4, label)
    return found


def _edge(label: str | None, gutter: int, shapes: Glyphs) -> Row:
    return [((label or "").rjust(gutter) + (shapes.tick if label else shapes.edge), MUTED)]


def _draw_curve(canvas: Canvas, curve: Curve, xs: Scale, ys: Scale, shapes: Glyphs) -> None:
    last: tuple[int, int] | None = None
    marks: list[tuple[int, int]] = []
    for x_value, y_value in zip(curve.xs, curve.ys, strict=True):
        if math.isnan(xs.fraction(x_value)):
            continue
        x, up = _column(canvas, xs, x_value), ys.fraction(y_value)
        if math.isnan(up):
            canvas.char(x, canvas.height * 4 - 1, shapes.nan, ERROR)
            last = None
            continue
        place = (x, round((1 - up) * (canvas.height * 4 - 1)))
        canvas.line(last or place, place, curve.colour)
        marks.append(place)
        last = place
    if curve.points or len(marks) == 1:
        for x, y in marks:
            canvas.char(x, y, shapes.point, curve.colour)


def _draw_labels(canvas: Canvas, curves: tuple[Curve, ...], xs: Scale, ys: Scale) -> None:
    """Put each label at the end of its curve; where another stands already, just above or below, or nowhere."""
    taken: set[tuple[int, int]] = set()
    for curve in curves:
        ends = [(xs.fraction(x), ys.fraction(y)) for x, y in zip(curve.xs, curve.ys, strict=True)]
        ends = [(x, y) for x, y in ends if not math.isnan(x + y)]
        if not curve.label or not ends:
            continue
        last, up = ends[-1]
        right = min(max(round(last * (canvas.width - 1)), len(curve.label) - 1), canvas.width - 1)
        cells = range(right - len(curve.label) + 1, right + 1)
        line = round((1 - up) * (canvas.height - 1))
        near = [y for y in (line, line - 1, line + 1) if 0 <= y < canvas.height]
        place = next((y for y in near if not taken & {(x, y) for x in cells}), None)
        if place is None:
            continue
        for x, char in zip(cells, curve.label, strict=True):
            canvas.char(x * 2, place * 4, char, f"{curve.colour} bold")
            taken.add((x, place))


def _column(canvas: Canvas, xs: Scale, value: float) -> int:
    return round(xs.fraction(value) * (canvas.width * 2 - 1))


def _x_labels(scale: Scale, width: int) -> str:
    """The line under the plot: round values under their places, none over another."""
    line = ""
    for value, label in scale.ticks(max(1, width // 10)):
        column = round(scale.fraction(value) * (width - 1)) - (len(label) - 1) // 2
        column = min(max(column, 0), width - len(label))
        if column >= len(line) + (1 if line else 0) and column >= 0:
            line = line.ljust(column) + label
    return line
