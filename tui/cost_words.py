"""What runs took for what they reached, in words and as a plot."""

import math
from dataclasses import replace
from statistics import median

from bertft_tui.core.analysis.cost import Contest, Cost
from bertft_tui.core.metric_names import is_share
from bertft_tui.tui.axis import unit_of
from bertft_tui.tui.format import count_of
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, FAINT, METRIC, MUTED, glyphs
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.plot import Curve, Mark, Plot, Upright


def title_of(contest: Contest) -> str:
    """What was measured on how many texts, and how many runs are on the front."""
    first = contest.costs[0].run
    is_of_texts = first.eval_rows and contest.metric.startswith("eval_")
    texts = f" on {count_of(first.eval_rows or 0, 'text')}" if is_of_texts else ""
    runs, front = count_of(len(contest.costs), "run"), len(contest.front)
    return f"{contest.metric}{texts}: {runs}, {front} of them beaten by none in both time and {contest.metric}"


def devices_words(contest: Contest) -> str:
    """That times are of several devices, where they are; else nothing."""
    devices = sorted({cost.run.device or "an unknown device" for cost in contest.costs})
    if len(devices) < 2:
        return ""
    return f"Times are of {' and '.join(devices)}: what is slow on one may be quick on another."


def chart_heading(contest: Contest) -> tuple[Span, ...]:
    """What stands over the chart: the metric, the unit of the times, what the shapes mean."""
    unit, _ = unit_of(_longest(contest))
    shapes, far = glyphs(), _far_off(contest)
    what = [(contest.metric, f"{ACCENT} bold"), (f" by {unit}s", MUTED)]
    what += [(f"  {shapes.best} beaten by none", METRIC)]
    what += [(f"  {shapes.point} others", MUTED)] if len(contest.front) < len(contest.costs) else []
    return (*what, (f"  {_far_shape(contest)} far off", MUTED)) if far else tuple(what)


def plot_of(contest: Contest, highlighted: str | None = None) -> Plot:
    """Time across, the metric upwards: the front as a line with marks, the others as points.

    Those that are far off stand at the edge: they would leave no room for the others.
    """
    _, seconds = unit_of(_longest(contest))
    far = _far_off(contest)
    near = [cost for cost in contest.costs if cost.run.id not in far]
    front = [(cost.device_seconds / seconds, cost.value) for cost in contest.front]
    chosen = [cost for cost in contest.costs if cost.run.id == highlighted]
    marks = [_mark(contest, cost, seconds, is_far=cost.run.id in far) for cost in contest.costs]
    marks += [replace(_mark(contest, cost, seconds, is_far=cost.run.id in far), colour=BRIGHT) for cost in chosen]
    points = (Curve((cost.device_seconds / seconds,), (cost.value,), MUTED, points=True) for cost in near)
    return Plot(
        (*points, Curve(tuple(x for x, _ in front), tuple(y for _, y in front), METRIC)),
        x_end=_longest(contest) / seconds,
        y_most=1.0 if is_share(contest.metric) else math.inf,
        marks=tuple(marks),
        uprights=tuple(Upright(cost.device_seconds / seconds, glyphs().edge, FAINT) for cost in chosen),
    )


def _mark(contest: Contest, cost: Cost, seconds: float, *, is_far: bool) -> Mark:
    x, shapes = cost.device_seconds / seconds, glyphs()
    if is_far:
        return Mark(x, _far_shape(contest), MUTED, top=contest.direction == "down")
    return Mark(x, shapes.best, METRIC, cost.value) if cost.on_front else Mark(x, shapes.point, MUTED, cost.value)


def _far_shape(contest: Contest) -> str:
    return glyphs().down if contest.direction == "up" else glyphs().up


def _far_off(contest: Contest) -> frozenset[str]:
    """The ids of the runs that are as far again below the rest: below the worst of the front, and the usual run."""
    sign = 1 if contest.direction == "up" else -1
    values = [sign * cost.value for cost in contest.costs]
    best = max(values)
    low = min(median(values), *(sign * cost.value for cost in contest.front))
    least = low - (best - low)
    return frozenset(cost.run.id for cost, value in zip(contest.costs, values, strict=True) if value < least)


def _longest(contest: Contest) -> float:
    return max(cost.device_seconds for cost in contest.costs)
