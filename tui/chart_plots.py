"""From a run's series to the plots on screen."""

import math
from dataclasses import dataclass, field
from functools import cached_property

from bertft_tui.core.analysis.smoothing import smooth
from bertft_tui.core.metric_names import direction_of, evaluation_name
from bertft_tui.core.store.records import RunRecord, Series
from bertft_tui.tui.axis import Axis, axis_of
from bertft_tui.tui.curves import ChartOptions, ChartView, Happenings
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, EVALUATION, FAINT, LOSS, LOSS_RAW, METRIC, MUTED, glyphs
from bertft_tui.tui.widgets.plot import Curve, Mark, Plot, Upright

#: More evaluations than this are a line, not points.
_MOST_POINTS = 60

#: More checkpoints than this are not marked: they would be a line at the bottom.
_MOST_CHECKPOINTS = 60


@dataclass(frozen=True)
class Picture:
    """All that a run's charts are drawn from."""

    run: RunRecord
    series: dict[str, Series]
    metric: str  # the plain name of the chosen one
    options: ChartOptions
    view: ChartView = field(default_factory=ChartView)
    happenings: Happenings = field(default_factory=Happenings)

    @cached_property
    def axis(self) -> Axis:
        """What the charts' x axis counts."""
        return axis_of(self.run, self.options, self.series)

    def of(self, name: str) -> Series:
        """The points of a metric; one that was measured on the test split has a single point, at its checkpoint."""
        found, summary = self.series.get(name), self.run.metrics.get(name)
        if found is not None and found.steps:
            return found
        if summary is not None and summary.count == 1 and name == evaluation_name(self.metric):
            return Series(name, (summary.last_step,), (summary.last,), (self.axis.seconds_at(summary.last_step),))
        return Series(name)


def plot_of(picture: Picture, name: str) -> Plot:
    """The plot of one chart, by the series that it is about."""
    curves = _loss(picture) if name == "loss" else _other(picture, name)
    axis, view, run = picture.axis, picture.view, picture.run
    window = None
    if view.stretch is not None:
        low, high = (axis.at(step) for step in view.stretch)
        window = (low, high) if high > low else (low - 0.5, low + 0.5)
    return Plot(
        curves,
        is_log(name, picture.options),
        _end(picture, axis),
        1.0 if name == evaluation_name(picture.metric) and direction_of(name) == "up" else math.inf,
        axis.at(run.diverged_step) if name == "loss" and run.diverged_step is not None else None,
        window,
        _marks(picture, name, axis),
        _uprights(picture, axis),
    )


def is_log(name: str, options: ChartOptions) -> bool:
    """Whether a chart's y axis is logarithmic: where values fall over decades."""
    return options.log_y and (direction_of(name) == "down" or name == "grad_norm")


def is_smoothed(name: str) -> bool:
    """Whether a chart shows an average over its raw values: what is noisy from step to step."""
    return not name.startswith(("eval_", "test_")) and name != "learning_rate"


def colours_of(name: str) -> tuple[str, str]:
    """The colour of a series, and that of its raw values under the average."""
    if name == "loss":
        return LOSS, LOSS_RAW
    if name == "eval_loss":
        return EVALUATION, FAINT
    return (METRIC if name.startswith(("eval_", "test_")) else ACCENT), FAINT


def _loss(picture: Picture) -> tuple[Curve, ...]:
    """Training loss, dim and raw under its bright average, and the evaluations' loss on top."""
    return (*_other(picture, "loss"), _evaluated(picture, "eval_loss"))


def _other(picture: Picture, name: str) -> tuple[Curve, ...]:
    if not is_smoothed(name):
        return (_evaluated(picture, name),)
    series, axis, weight = picture.of(name), picture.axis, picture.options.smoothing
    xs, (bright, dim) = axis.places(series), colours_of(name)
    if not weight:
        return (Curve(xs, series.values, bright),)
    return Curve(xs, series.values, dim), Curve(xs, smooth(series.values, weight), bright)


def _evaluated(picture: Picture, name: str) -> Curve:
    series = picture.of(name)
    few = name != "learning_rate" and (name == "eval_loss" or len(series.values) <= _MOST_POINTS)
    return Curve(picture.axis.places(series), series.values, colours_of(name)[0], points=few)


def _end(picture: Picture, axis: Axis) -> float:
    """All charts end at the same place; a live run's at its planned end, so that the curves grow towards it."""
    run = picture.run
    if axis.kind == "time":
        return max((each.seconds[-1] for each in picture.series.values() if each.steps), default=0.0) / axis.per_unit
    planned = (run.progress.max_steps if run.status.is_alive else None) or 0
    return axis.at(max(planned, *(summary.last_step for summary in run.metrics.values()), 0))


def best_step(run: RunRecord) -> int | None:
    """The step of the best value of the metric that chooses the run's checkpoint."""
    summary = run.metrics.get(evaluation_name(run.best_metric))
    return None if summary is None else summary.best_step


def _marks(picture: Picture, name: str, axis: Axis) -> tuple[Mark, ...]:
    """Checkpoints at the bottom, and what is worth more over them: NaN, and the best on its own value."""
    shapes, run, saved = glyphs(), picture.run, picture.happenings.checkpoints
    marks = (
        [Mark(axis.at(step), shapes.checkpoint, MUTED) for step in saved] if len(saved) <= _MOST_CHECKPOINTS else []
    )
    if name == "loss" and run.not_finite_step is not None:
        marks.append(Mark(axis.at(run.not_finite_step), shapes.nan, ERROR))
    summary = run.metrics.get(name)
    if name.startswith("eval_") and summary is not None and summary.best_step is not None:
        marks.append(Mark(axis.at(summary.best_step), shapes.best, BRIGHT, y=summary.best))
    elif name == "loss" and (step := best_step(run)) is not None:
        marks.append(Mark(axis.at(step), shapes.best, BRIGHT))
    return tuple(marks)


def _uprights(picture: Picture, axis: Axis) -> tuple[Upright, ...]:
    """Where an attempt went on, and the cursor."""
    shapes, cursor = glyphs(), picture.view.cursor
    lines = [Upright(axis.at(step), shapes.resumed, FAINT, every=2) for step in picture.happenings.resumed]
    return (*lines, Upright(axis.at(cursor), shapes.edge, BRIGHT)) if cursor is not None else tuple(lines)
