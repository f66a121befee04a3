"""The x axis of charts: from steps to epochs or to a run's own time, and back."""

from bisect import bisect_left
from dataclasses import dataclass

from bertft_tui.core.store.records import RunRecord, Series
from bertft_tui.tui.curves import AxisKind, ChartOptions

#: Up to so many seconds a run's time is shown in seconds, and so on.
_UNITS = ((180.0, 1.0, "second"), (3 * 3600.0, 60.0, "minute"), (float("inf"), 3600.0, "hour"))


@dataclass(frozen=True)
class Axis:
    """What a chart's x axis counts. `timeline`: points whose times tell when other steps were."""

    kind: AxisKind
    unit: str  # "epoch", "step", "second", "minute", "hour"
    per_unit: float  # steps of an epoch, or seconds of a unit of time
    timeline: Series

    def places(self, series: Series) -> tuple[float, ...]:
        """Where the points of a series stand."""
        numbers = series.seconds if self.kind == "time" else series.steps
        return tuple(number / self.per_unit for number in numbers)

    def at(self, step: float) -> float:
        """Where a step stands."""
        return (self.seconds_at(step) if self.kind == "time" else step) / self.per_unit

    def seconds_at(self, step: float) -> float:
        """When a step was, in seconds of the run's own time; between points and at the ends as near as is known."""
        steps, seconds = self.timeline.steps, self.timeline.seconds
        if not steps:
            return 0.0
        behind = bisect_left(steps, step)
        if behind == 0:
            return seconds[0]
        if behind == len(steps):
            return seconds[-1]
        return _between(step, steps[behind - 1 : behind + 1], seconds[behind - 1 : behind + 1])

    def step_at(self, place: float) -> float:
        """The step that stands at a place; not a whole one."""
        if self.kind != "time":
            return place * self.per_unit
        steps, seconds = self.timeline.steps, self.timeline.seconds
        wanted = place * self.per_unit
        behind = bisect_left(seconds, wanted)
        if not steps or behind == 0:
            return float(steps[0]) if steps else 0.0
        if behind == len(seconds):
            return float(steps[-1])
        return _between(wanted, seconds[behind - 1 : behind + 1], steps[behind - 1 : behind + 1])


def unit_of(seconds: float) -> tuple[str, float]:
    """The unit in which so long a time is shown, and its seconds."""
    return next((unit, length) for most, length, unit in _UNITS if seconds <= most)


def axis_of(run: RunRecord, options: ChartOptions, series: dict[str, Series]) -> Axis:
    """The axis that is asked for; epochs need a plan, and time needs points."""
    timeline = max(series.values(), key=lambda each: len(each.steps), default=Series(""))
    if options.x == "time":
        unit, seconds = unit_of(max(run.duration_seconds, *timeline.seconds[-1:], 0.0))
        return Axis("time", unit, seconds, timeline)
    per_epoch = run.progress.steps_per_epoch
    if options.x == "epoch" and per_epoch:
        return Axis("epoch", "epoch", per_epoch, timeline)
    return Axis("step", "step", 1.0, timeline)


def _between(
    value: float, from_pair: tuple[float, ...] | tuple[int, ...], to_pair: tuple[float, ...] | tuple[int, ...]
) -> float:
    (low, high), (first, last) = from_pair, to_pair
    share = (value - low) / (high - low) if high > low else 1.0
    return first + (last - first) * share
