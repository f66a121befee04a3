"""What runs took for what they reached, in words and as a plot."""

import math

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
    shapes = glyphs()
    others = [(f"  {shapes.point} the others", MUTED)] if len(contest.front) < len(contest.costs) else []
    words = f" by {unit}s of training"
    return (
        (contest.metric, f"{ACCENT} bold"), (words, MUTED), (f"  {shapes.best} beaten by none", METRIC), *others
    )  # fmt: skip


def plot_of(contest: Contest, highlighted: str | None = None) -> Plot:
    """Time across, the metric upwards: the front as a line with marks, the others as points."""
    _, seconds = unit_of(_longest(contest))

    def place(cost: Cost) -> tuple[float, float]:
        return cost.device_seconds / seconds, cost.value

    shapes = glyphs()
    others = [place(cost) for cost in contest.costs if not cost.on_front]
    front = [place(cost) for cost in contest.front]
    marks = [Mark(x, shapes.best, METRIC, y=y) for x, y in front]
    uprights = []
    for cost in contest.costs:
        if cost.run.id == highlighted:
            x, y = place(cost)
            marks.append(Mark(x, shapes.best if cost.on_front else shapes.point, BRIGHT, y=y))
            uprights.append(Upright(x, shapes.edge, FAINT))
    return Plot(
        (
            *(Curve((x,), (y,), MUTED, points=True) for x, y in others),
            Curve(tuple(x for x, _ in front), tuple(y for _, y in front), METRIC),
        ),
        y_most=1.0 if is_share(contest.metric) else math.inf,
        marks=tuple(marks),
        uprights=tuple(uprights),
    )


def _longest(contest: Contest) -> float:
    return max(cost.device_seconds for cost in contest.costs)
