"""A plot as lines of coloured text: a pure function of its curves and its size."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from bertft_tui.tui.glyphs import ERROR, MUTED, Glyphs, glyphs
from bertft_tui.tui.widgets.braille import Canvas, Span
from bertft_tui.tui.widgets.scale import Scale, fit

Row = list[Span]

#: How much wider than its points a logarithmic x axis is at each end.
_EDGE = 1.05


@dataclass(frozen=True)
class Curve:
    """One series: a line, or marked points joined by a thin line. A label stands at its end."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    colour: str
    points: bool = False
    label: str = ""


@dataclass(frozen=True)
class Mark:
    """A shape at a place on the x axis: on its value, else at the bottom, or at the top."""

    x: float
    shape: str
    colour: str
    y: float | None = None
    top: bool = False


@dataclass(frozen=True)
class Upright:
    """A vertical line behind the curves; `every`: on how many rows one is drawn."""

    x: float
    shape: str
    colour: str
    every: int = 1


@dataclass(frozen=True)
class Plot:
    """Curves on common axes; later curves lie on top, those that are `alike` without hiding others.

    `x_end` makes room for what is still to come; `y_most` is what no value exceeds, so the axis ends there.
    `diverged` is where the values had risen for good: marked at the top. `window`: the part of the x axis to draw;
    None for all of it. `log_x` spreads the decades of the x axis evenly.
    """

    curves: tuple[Curve, ...] = ()
    log_y: bool = False
    x_end: float | None = None
    y_most: float = math.inf
    diverged: float | None = None
    window: tuple[float, float] | None = None
    marks: tuple[Mark, ...] = ()
    uprights: tuple[Upright, ...] = ()
    alike: bool = False
    log_x: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(curve.xs for curve in self.curves)


def draw(plot: Plot, width: int, height: int, shapes: Glyphs | None = None) -> list[Row]:
    """Draw a plot on exactly `height` lines of at most `width` cells (at least 12 × 4)."""
    shapes = shapes or glyphs()
    curves = [_within(curve, plot.window) for curve in plot.curves]
    xs, ys = x_scale(plot), fit([y for each in curves for y in each.ys], log=plot.log_y, most=plot.y_most)
    body = max(1, height - 1)
    ticks = _tick_rows(ys, body)
    gutter = _gutter(ticks)
    canvas = Canvas(max(1, width - gutter - 1), body, braille=shapes.braille)
    if plot.alike:
        _draw_alike(canvas, curves, xs, ys, shapes)
    else:
        for curve in curves:
            _draw_curve(canvas, curve, xs, ys, shapes)
    _draw_labels(canvas, plot.curves, xs, ys)
    if plot.diverged is not None:
        canvas.char(_column(canvas, xs, plot.diverged), 0, shapes.diverged, ERROR)
    for mark in plot.marks:
        _draw_mark(canvas, mark, xs, ys)
    for upright in reversed(plot.uprights):  # the last lies on top: it finds the place free
        canvas.behind(_column(canvas, xs, upright.x), upright.shape, upright.colour, upright.every)
    lines = [_edge(ticks.get(y), gutter, shapes) + row for y, row in enumerate(canvas.rows())]
    return [*lines, [(" " * gutter + _x_labels(xs, canvas.width + 1), MUTED)]]


def x_scale(plot: Plot) -> Scale:
    """The x axis of a plot."""
    if plot.window is not None:
        return Scale(*plot.window)
    xs = [x for curve in plot.curves for x in curve.xs if math.isfinite(x)]
    if plot.log_x and (found := [x for x in xs if x > 0]):
        return Scale(min(found) / _EDGE, max(found) * _EDGE, log=True)
    end = max([*xs, plot.x_end or 0.0])
    start = min([0.0, *xs])
    return Scale(start, end if end > start else start + 1.0)


def x_at(plot: Plot, width: int, height: int, cell: int) -> float | None:
    """The place on the x axis that a cell of the drawing stands for; None beside the curves."""
    curves = [_within(curve, plot.window) for curve in plot.curves]
    ys = fit([y for each in curves for y in each.ys], log=plot.log_y, most=plot.y_most)
    left = _gutter(_tick_rows(ys, max(1, height - 1))) + 1
    if plot.is_empty or not left <= cell < width:
        return None
    xs = x_scale(plot)
    return xs.low + (xs.high - xs.low) * (cell - left) / max(1, width - left - 1)


@dataclass(frozen=True)
class _Part:
    """What of a curve lies in the window; with a place on the border where its line goes on beyond."""

    xs: Sequence[float]
    ys: Sequence[float]
    colour: str
    points: bool
    begins: int  # the points of the curve itself: the others lie on the border
    ends: int


def _within(curve: Curve, window: tuple[float, float] | None) -> _Part:
    if window is None:
        return _Part(curve.xs, curve.ys, curve.colour, curve.points, 0, len(curve.xs))
    first, last = bisect_left(curve.xs, window[0]), bisect_right(curve.xs, window[1])
    xs, ys = list(curve.xs[first:last]), list(curve.ys[first:last])
    begins = 0
    if (left := _crossing(curve, first, window[0])) is not None:
        xs, ys, begins = [window[0], *xs], [left, *ys], 1
    ends = len(xs)
    if (right := _crossing(curve, last, window[1])) is not None:
        xs, ys = [*xs, window[1]], [*ys, right]
    return _Part(xs, ys, curve.colour, curve.points, begins, ends)


def _crossing(curve: Curve, behind: int, x: float) -> float | None:
    """The height at which the line from the point before to the one behind crosses a border."""
    if not 0 < behind < len(curve.xs):
        return None
    (x0, x1), (y0, y1) = curve.xs[behind - 1 : behind + 1], curve.ys[behind - 1 : behind + 1]
    y = y0 + (y1 - y0) * (x - x0) / (x1 - x0) if x1 > x0 else y1
    return y if math.isfinite(y) else None


def _gutter(ticks: dict[int, str]) -> int:
    return max((len(label) for label in ticks.values()), default=1)


def _tick_rows(scale: Scale, rows: int) -> dict[int, str]:
    """Which line carries which label, counted from the top."""
    asked, found = max(1, rows // 2), dict[int, str]()
    more = (scale.ticks(count) for count in (asked, asked + 1, asked + 3))
    for value, label in next((ticks for ticks in more if len(ticks) > 1), []):
        found.setdefault(round((1 - scale.fraction(value)) * (rows * 4 - 1)) // 4, label)
    return found


def _edge(label: str | None, gutter: int, shapes: Glyphs) -> Row:
    return [((label or "").rjust(gutter) + (shapes.tick if label else shapes.edge), MUTED)]


def _draw_curve(canvas: Canvas, curve: _Part, xs: Scale, ys: Scale, shapes: Glyphs) -> None:
    """Draw a curve; where points share a column, that is filled from the lowest to the highest at once."""
    right, floor = canvas.width * 2 - 1, canvas.height * 4 - 1
    before: tuple[int, int] | None = None
    marks: list[tuple[int, int]] = []
    column, low, high = -1, 0, 0
    places = zip(xs.fractions(curve.xs), ys.fractions(curve.ys), strict=True)
    for index, (share, up) in enumerate(places):
        if math.isnan(share):
            continue
        x = round(share * right)
        if math.isnan(up):
            canvas.char(x, floor, shapes.nan, ERROR)
            before = None
            continue
        y = round((1 - up) * floor)
        if before is None or x != column:
            canvas.upright(column, low, high, curve.colour)
            if before is not None:
                canvas.line(before, (x, y), curve.colour)
            column, low, high = x, y, y
        else:
            low, high = min(low, y), max(high, y)
        before = (x, y)
        if curve.begins <= index < curve.ends:
            marks.append(before)
    canvas.upright(column, low, high, curve.colour)
    if curve.points or len(marks) == 1:
        for x, y in marks:
            canvas.char(x, y, shapes.point, curve.colour)


def _draw_alike(canvas: Canvas, curves: Sequence[_Part], xs: Scale, ys: Scale, shapes: Glyphs) -> None:
    """Draw curves of which none is to hide another."""
    drawn = [Canvas(canvas.width, canvas.height, braille=shapes.braille) for _ in curves]
    for own, curve in zip(drawn, curves, strict=True):
        _draw_curve(own, curve, xs, ys, shapes)
    canvas.take_in(drawn, shapes.point, shapes.points)


def _draw_mark(canvas: Canvas, mark: Mark, xs: Scale, ys: Scale) -> None:
    floor = canvas.height * 4 - 1
    up = (1.0 if mark.top else 0.0) if mark.y is None else ys.fraction(mark.y)
    if not math.isnan(up):
        canvas.char(_column(canvas, xs, mark.x), round((1 - up) * floor), mark.shape, mark.colour)


def _draw_labels(canvas: Canvas, curves: tuple[Curve, ...], xs: Scale, ys: Scale) -> None:
    """Put each label at the end of its curve; where another stands already, just above or below, or nowhere.

    The curve on top comes first.
    """
    taken: set[tuple[int, int]] = set()
    for curve in (curve for curve in reversed(curves) if curve.label):
        ends = [(xs.fraction(x), ys.fraction(y)) for x, y in zip(curve.xs, curve.ys, strict=True)]
        ends = [(x, y) for x, y in ends if not math.isnan(x + y)]
        if not ends:
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
    """The column of dots of a place on the x axis; -1 for one that is nowhere on it."""
    share = xs.fraction(value)
    return round(share * (canvas.width * 2 - 1)) if 0 <= share <= 1 else -1


def _x_labels(scale: Scale, width: int) -> str:
    """The line under the plot: round values under their places, none over another."""
    line = ""
    for value, label in scale.ticks(max(1, width // 10)):
        column = round(scale.fraction(value) * (width - 1)) - (len(label) - 1) // 2
        column = min(max(column, 0), width - len(label))
        if column >= len(line) + (1 if line else 0) and column >= 0:
            line = line.ljust(column) + label
    return line
