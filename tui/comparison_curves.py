"""The curves of several runs on common axes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bertft_tui.core.analysis.smoothing import smooth
from bertft_tui.core.metric_names import direction_of
from bertft_tui.core.store.records import RunRecord, Series
from bertft_tui.tui.comparison_lines import title_of
from bertft_tui.tui.curves import AxisKind, ChartOptions
from bertft_tui.tui.glyphs import BRIGHT, MUTED
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.plot import Curve, Plot

#: Points of a line that are drawn: twenty runs are drawn in the time in which a key is answered.
_MOST_POINTS = 240

Values = tuple[float, ...]

#: From so many points on they are no longer marked one by one.
_MARKED = 60

#: Units of time, and from how many of their seconds on they are used.
_UNITS = (("hours", 3600.0, 10_800.0), ("minutes", 60.0, 300.0), ("seconds", 1.0, 0.0))


@dataclass(frozen=True)
class Drawn:
    """A run whose curve is drawn."""

    run: RunRecord
    colour: str
    label: str
    series: dict[str, Series] = field(default_factory=dict)


@dataclass(frozen=True)
class Across:
    """An x axis: what it counts, and the unit of time."""

    axis: AxisKind
    unit: str = ""
    seconds: float = 1.0

    @property
    def words(self) -> str:
        """What the axis says of itself."""
        return f"by {self.unit if self.axis == 'time' else self.axis}"


def across(drawn: Sequence[Drawn], axis: AxisKind) -> Across:
    """Choose the unit of time; where a run's epochs are not known, steps stand for them."""
    if axis == "epoch" and any(each.series and not each.run.progress.steps_per_epoch for each in drawn):
        return Across("step")
    if axis != "time":
        return Across(axis)
    longest = max((max(each.seconds, default=0.0) for one in drawn for each in one.series.values()), default=0.0)
    unit, seconds, _ = next(unit for unit in _UNITS if longest >= unit[2])
    return Across(axis, unit, seconds)


def loss_curves(drawn: Sequence[Drawn], x: Across, options: ChartOptions) -> Plot:
    """Training loss of each run, smoothed."""
    curves = [_curve(each, "loss", x, smoothing=options.smoothing) for each in drawn]
    return Plot(tuple(curves), options.log_y, alike=True)


def metric_curves(drawn: Sequence[Drawn], name: str, x: Across, options: ChartOptions) -> Plot:
    """A metric of each run at every evaluation; one on the test split is a single point, at its checkpoint."""
    curves = [_curve(each, name, x) for each in drawn]
    most = 1.0 if direction_of(name) == "up" else math.inf  # a share, an F1, a correlation
    return Plot(tuple(curves), options.log_y and direction_of(name) == "down", y_most=most, alike=True)


def loss_words(x: Across, options: ChartOptions) -> tuple[Span, ...]:
    """What the chart of losses shows."""
    return (
        ("loss", BRIGHT),
        ("  train", MUTED),
        (f"  EMA {options.smoothing:g}" if options.smoothing else "", MUTED),
        (f"  {x.words}", MUTED),
        ("  log y" if options.log_y else "", MUTED),
    )


def metric_words(name: str, x: Across, options: ChartOptions) -> tuple[Span, ...]:
    """What the other chart shows."""
    log = options.log_y and direction_of(name) == "down"
    return ((title_of(name), BRIGHT), (f"  {x.words}", MUTED), ("  log y" if log else "", MUTED))


def _curve(drawn: Drawn, name: str, x: Across, *, smoothing: float | None = None) -> Curve:
    """One run's curve; evaluations are marked, a training loss is smoothed."""
    series, summary = drawn.series.get(name) or Series(name), drawn.run.metrics.get(name)
    if not series.steps and summary is not None and drawn.series:
        place = drawn.run.duration_seconds
        series = Series(name, (summary.last_step,), (summary.last,), (place,))
    per_step = (drawn.run.progress.steps_per_epoch or 1) if x.axis == "epoch" else 1
    xs, ys = _line(series, x, per_step, smoothing or 0.0)
    return Curve(xs, ys, drawn.colour, points=smoothing is None and len(xs) <= _MARKED, label=drawn.label)


@lru_cache(maxsize=64)  # what was read stays the same while keys are pressed, and other runs grow
def _line(series: Series, x: Across, per_step: float, smoothing: float) -> tuple[Values, Values]:
    """The points of a line, and of a long one as many as a wide terminal shows: lows, highs and what is no number."""
    places = _telling(smoothed := smooth(series.values, smoothing))
    across_all = series.seconds if x.axis == "time" else series.steps
    unit = x.seconds if x.axis == "time" else per_step
    return tuple(across_all[place] / unit for place in places), tuple(smoothed[place] for place in places)


def _telling(values: Values) -> list[int]:
    """Which of many values to draw: both ends, of each stretch lowest, highest, and the first that is no number."""
    if len(values) <= _MOST_POINTS:
        return list(range(len(values)))
    length = math.ceil(2 * len(values) / _MOST_POINTS)
    kept = {0, len(values) - 1}
    for begin in range(0, len(values), length):
        stretch = range(begin, min(begin + length, len(values)))
        finite = [place for place in stretch if math.isfinite(values[place])]
        kept.update(next(([place] for place in stretch if not math.isfinite(values[place])), []))
        if finite:
            kept |= {min(finite, key=values.__getitem__), max(finite, key=values.__getitem__)}
    return sorted(kept)
