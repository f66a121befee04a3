"""Which curves a run has, and how they are looked at."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bertft_tui.core.metric_names import TEST, evaluation_name
from bertft_tui.tui.metric_choice import metric_of

if TYPE_CHECKING:
    from bertft_tui.core.store.records import RunRecord

#: What the x axis of charts may count, in the order in which a key turns through them.
AxisKind = Literal["epoch", "step", "time"]
_AXES: tuple[AxisKind, ...] = ("epoch", "step", "time")

#: A curve of steps: from the first to the last, both included.
Stretch = tuple[int, int]


@dataclass(frozen=True)
class ChartOptions:
    """How charts are drawn; the same on every screen."""

    log_y: bool = False
    smoothing: float = 0.8
    x: AxisKind = "epoch"


@dataclass(frozen=True)
class ChartView:
    """What of one run's charts is looked at."""

    first: int = 0  # of the charts in sight, in the list of all
    stretch: Stretch | None = None  # the steps that are zoomed in on; None: all of them
    cursor: int | None = None  # the step that is read out


@dataclass(frozen=True)
class Happenings:
    """What is marked on a run's curves, beside its best and its worst."""

    checkpoints: tuple[int, ...] = ()  # steps
    resumed: tuple[int, ...] = ()  # the steps that further attempts went on from


def axis_after(kind: AxisKind) -> AxisKind:
    """What the x axis counts next."""
    return _AXES[(_AXES.index(kind) + 1) % len(_AXES)]


def series_names(run: "RunRecord | None", choice: str) -> tuple[str, ...]:
    """The series that the first two charts of a run need."""
    return () if run is None else series_of_charts(chart_names(run, choice)[:2])


def chart_names(run: "RunRecord", choice: str) -> tuple[str, ...]:
    """The charts that a run has, each by the series that it is about: loss, metric, rate, gradients, all others.

    What was measured once only makes no curve.
    """
    first = ("loss", evaluation_name(metric_of(run, choice)))
    usual = [name for name in ("learning_rate", "grad_norm") if name in run.metrics]
    several = (name for name, summary in run.metrics.items() if summary.count > 1 and not name.startswith(TEST))
    others = sorted(several, key=lambda name: (not name.startswith("eval_"), name))
    return tuple(dict.fromkeys((*first, *usual, *(name for name in others if name != "eval_loss"))))


def series_of_charts(charts: tuple[str, ...]) -> tuple[str, ...]:
    """The series that charts are drawn from: the loss of evaluations stands with that of training."""
    return tuple(dict.fromkeys(name for chart in charts for name in (chart, *_WITH.get(chart, ()))))


_WITH = {"loss": ("eval_loss",)}
