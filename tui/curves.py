"""From a run's series to the plots on screen."""

import math
from dataclasses import dataclass

from bertft_tui.core.analysis.smoothing import smooth
from bertft_tui.core.metric_names import direction_of, evaluation_name
from bertft_tui.core.store.records import RunRecord, Series
from bertft_tui.tui.format import metric as metric_text
from bertft_tui.tui.glyphs import BRIGHT, EVALUATION, LOSS, LOSS_RAW, METRIC, MUTED, glyphs
from bertft_tui.tui.metric_choice import SELECTED, best_text, metric_of, metric_title
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.plot import Curve, Plot


@dataclass(frozen=True)
class ChartOptions:
    """How charts are drawn; the same on every screen."""

    log_y: bool = False
    smoothing: float = 0.8


def series_names(run: RunRecord | None, choice: str) -> tuple[str, ...]:
    """The series that the two charts of a run need."""
    shown = [evaluation_name(metric_of(run, choice))] if run is not None else []
    return tuple(dict.fromkeys(("loss", "eval_loss", *shown)))


def loss_plot(run: RunRecord, series: dict[str, Series], options: ChartOptions) -> Plot:
    """Training loss, dim and raw under its bright average, and the evaluations' loss on top."""
    raw = series.get("loss") or Series("loss")
    xs = _across(run, raw)
    train = [Curve(xs, raw.values, LOSS)]
    if options.smoothing:
        train = [Curve(xs, raw.values, LOSS_RAW), Curve(xs, smooth(raw.values, options.smoothing), LOSS)]
    evaluated = series.get("eval_loss") or Series("eval_loss")
    points = Curve(_across(run, evaluated), evaluated.values, EVALUATION, points=True)
    risen = None if run.diverged_step is None else run.diverged_step / (run.progress.steps_per_epoch or 1)
    return Plot((*train, points), options.log_y, _end(run), diverged=risen)


def metric_plot(run: RunRecord, series: dict[str, Series], metric: str, options: ChartOptions) -> Plot:
    """The chosen metric at every evaluation; one on the test split is a single point, at its checkpoint."""
    name = evaluation_name(metric)
    found, summary = series.get(name) or Series(name), run.metrics.get(name)
    if not found.steps and summary is not None:
        found = Series(name, (summary.last_step,), (summary.last,))
    curve = Curve(_across(run, found), found.values, METRIC, points=len(found.values) <= 60)
    most = 1.0 if direction_of(metric) == "up" else math.inf  # a share, an F1, a correlation
    return Plot((curve,), options.log_y and metric == "loss", _end(run), most)


def loss_heading(run: RunRecord, options: ChartOptions) -> tuple[Span, ...]:
    """What the loss chart shows: the last value, and which line is which."""
    summary = run.metrics.get("loss")
    return (
        ("loss ", BRIGHT),
        (f"{metric_text(summary.last)}  " if summary else " ", LOSS),
        ("train", LOSS),
        (f"  {glyphs().point} eval", EVALUATION),
        (f"  EMA {options.smoothing:g}" if options.smoothing else "", MUTED),
        (f"  by {x_axis(run)}", MUTED),
        ("  log y" if options.log_y else "", MUTED),
    )


def metric_heading(run: RunRecord, metric: str) -> tuple[Span, ...]:
    """What the other chart shows: the metric, its best value and where that was."""
    summary = run.metrics.get(evaluation_name(metric))
    if summary is None:
        return ((metric_title(metric), BRIGHT),)
    epoch = run.epoch_of(summary.best_step)
    where = f"epoch {epoch:.3g}" if epoch is not None else f"step {summary.best_step}"
    return (
        (f"{metric_title(metric)} ", BRIGHT),
        (best_text(summary), METRIC),
        (f"  best, at {where}", MUTED),
        (f"  {SELECTED}" if summary.is_selected else "", MUTED),
    )


def x_axis(run: RunRecord) -> str:
    """What the charts' x axis counts."""
    return "epoch" if run.progress.steps_per_epoch else "step"


def _across(run: RunRecord, series: Series) -> tuple[float, ...]:
    per_step = run.progress.steps_per_epoch or 1
    return tuple(step / per_step for step in series.steps)


def _end(run: RunRecord) -> float | None:
    """A live run's axis reaches to its planned end, so that the curve grows towards it."""
    planned = run.progress.max_steps
    return planned / (run.progress.steps_per_epoch or 1) if planned and run.status.is_alive else None
