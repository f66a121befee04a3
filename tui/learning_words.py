"""A learning curve in words and as a plot, for the screen and the terminal."""

import math

from bertft_tui.core.analysis.learning_curve import Basis, Foretold, LearningCurve, Point, bounds_of, turned
from bertft_tui.core.analysis.power_law import PowerLaw
from bertft_tui.core.metric_names import direction_of, is_share
from bertft_tui.core.run_names import default_name
from bertft_tui.core.series import SEED, SIZE
from bertft_tui.tui.format import NOTHING, count_of, duration, metric, number
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, METRIC, MUTED, glyphs
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.plot import Curve, Plot

#: What stands over the figures of a point, all to the right.
FIGURES = ("rows", "mean", "95 %", "seeds", "deviation", "best", "worst")

#: The points of the drawn law.
_LAW = 120

#: Points that lie so far from their law in fewer cases than these are said to.
_ODD = 0.05

_ABOUT: dict[Basis, str] = {
    "texts": "of other texts and seeds",
    "seeds": "of other seeds on these texts",
    "scatter": "by how the points lie about the curve",
}


def title_of(curve: LearningCurve) -> str:
    """The recipe and the metric: `imdb-1k, learning_rate 3e-5: eval_accuracy`."""
    config = (curve.runs or tuple(run for run, _ in curve.left_out))[0].config
    return f"{default_name(config.with_settings({SIZE: 'all'}), but=(SEED, SIZE))}: {curve.metric}"


def figures_of(curve: LearningCurve, point: Point) -> tuple[str, ...]:
    """The figures of a point, as texts, in the order of `FIGURES`."""
    spread, bounds = point.spread, bounds_of(curve, point)
    return (
        f"{point.rows:,}",
        metric(spread.mean),
        f"{metric(bounds[0])} to {metric(bounds[1])}" if bounds is not None else NOTHING,
        str(spread.n),
        f"{glyphs().plus_minus}{metric(spread.std)}" if spread.std is not None else NOTHING,
        metric(spread.best),
        metric(spread.worst),
    )


def sentences_of(curve: LearningCurve, expected: Foretold | None, *, asked: bool = False) -> list[str]:
    """The law, whether the points follow it, and what it foretells; or what is missing. `asked`: for some rows."""
    said = []
    if curve.law is not None:
        said.append(law_words(curve.law, curve.metric))
        if curve.misfit is not None and curve.misfit < _ODD:
            what = f"The points are no power law by their noise alone (p = {number(curve.misfit, 2)})"
            said.append(f"{what}: the interval is as much wider, and the law may not hold beyond them.")
    if expected is not None:
        said.append(expected_words(curve, expected, asked=asked))
    else:
        all_rows = "How many rows there are in all is not known: `learning-curve --at N` foretells any number."
        said.append(f"{curve.why[:1].upper()}{curve.why[1:]}." if curve.why else all_rows)
    return said


def law_words(law: PowerLaw, name: str) -> str:
    """The law as a formula: `1 - eval_accuracy = 0.05 + 2 × rows^-0.40`."""
    error = name if direction_of(name) == "down" else f"1 - {name}"
    if not law.scale:
        return f"{error} = {metric(law.floor)}: no gain from more rows is seen."
    floor = f"{metric(law.floor)} + " if law.floor else ""
    return f"{error} = {floor}{number(law.scale, 3)} {glyphs().times} rows^-{law.exponent:.2f}"


def expected_words(curve: LearningCurve, expected: Foretold, *, asked: bool) -> str:
    """Say what a number of rows would bring: `At 25,000 rows about 0.921 (0.900 to 0.940), 8:03 on cuda:0.`"""
    measured = next((point for point in curve.points if point.rows == expected.rows), None)
    if measured is not None and not asked:
        words = count_of(measured.spread.n, "seed")
        return f"The whole set was measured: {metric(measured.spread.mean)} at {expected.rows:,} rows ({words})."
    if expected.value is None:
        return f"At {expected.rows:,} rows: {expected.why}."
    words = f"At {expected.rows:,} rows about {metric(expected.value)}"
    if expected.low is not None and expected.high is not None and curve.basis is not None:
        words += f" ({metric(expected.low)} to {metric(expected.high)})"
    if expected.seconds is not None:
        words += f", {duration(expected.seconds)} on {expected.device}"
    behind = f"95 % {_ABOUT[curve.basis]}" if curve.basis is not None else expected.why
    return f"{words}. {behind[:1].upper()}{behind[1:]}."


def plot_of(curve: LearningCurve, expected: Foretold | None) -> Plot:
    """Points with their intervals, and the law through them, up to what is foretold; decades of rows as wide."""
    points = [(float(point.rows), point.spread.mean) for point in curve.points]
    bars = [_bar(point.rows, bounds_of(curve, point)) for point in curve.points]
    ahead = expected if expected is not None and expected.value is not None else None
    if ahead is not None and ahead.low is not None and ahead.high is not None:
        bars.append(_bar(ahead.rows, (ahead.low, ahead.high)))
    curves = [bar for bar in bars if bar is not None]
    if curve.law is not None:
        begin, end = curve.points[0].rows, max(curve.points[-1].rows, ahead.rows if ahead is not None else 0)
        xs = tuple(begin * (end / begin) ** (place / _LAW) for place in range(_LAW + 1))
        curves.append(Curve(xs, tuple(turned(curve.law(x), curve.metric) for x in xs), METRIC))
    curves += [Curve((x,), (y,), ACCENT, points=True) for x, y in points]
    if ahead is not None and ahead.value is not None and all(x != ahead.rows for x, _ in points):
        curves.append(Curve((float(ahead.rows),), (ahead.value,), BRIGHT, points=True))
    return Plot(tuple(curves), y_most=1.0 if is_share(curve.metric) else math.inf, log_x=True)


def _bar(rows: int, bounds: tuple[float, float] | None) -> Curve | None:
    """An interval as an upright line."""
    return Curve((float(rows),) * 2, bounds, MUTED) if bounds is not None else None


def chart_heading(curve: LearningCurve, expected: Foretold | None) -> tuple[Span, ...]:
    """What stands over the chart: the metric, and what is drawn."""
    point, edge = glyphs().point, glyphs().edge
    what = [(curve.metric, f"{ACCENT} bold"), (" by training rows", MUTED), (f"  {point} measured", ACCENT)]
    what += [(f"  {edge} 95 %", MUTED)] if curve.noise is not None else []
    what += [("  law", METRIC)] if curve.law is not None else []
    is_ahead = expected is not None and expected.value is not None and expected.rows > curve.points[-1].rows
    return (*what, (f"  {point} foretold", BRIGHT)) if is_ahead else tuple(what)
