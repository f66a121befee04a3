"""The list of runs under a scatter of what they took and reached."""

from bertft_tui.core.analysis.cost import Contest, Cost
from bertft_tui.tui.difference_words import half_width
from bertft_tui.tui.format import NOTHING, clean, metric, number
from bertft_tui.tui.glyphs import BRIGHT, METRIC, MUTED, TEXT, glyphs
from bertft_tui.tui.metric_choice import best_text
from bertft_tui.tui.widgets.board_line import Line
from bertft_tui.tui.widgets.board_table import Column, Row, board_table

#: From so many seconds on tenths say nothing.
_WHOLE = 100


def cost_lines(contest: Contest, width: int) -> tuple[list[Line], list[Line]]:
    """Return the head and the lines, for so many cells, the quickest run first."""
    name = contest.metric.removeprefix("eval_")
    columns = (
        Column(""),
        Column("name", shrinks=True),
        Column(name, right=True),
        Column("95 %", rank=1),
        Column("device s", right=True),
        Column(f"{name}/min", right=True, rank=2),
        Column("texts/s", right=True, rank=3),
        Column("device", rank=4),
    )
    head, lines = board_table(columns, [_row(cost, contest.metric) for cost in contest.costs], width)
    return [head], lines


def _row(cost: Cost, name: str) -> Row:
    run, seconds = cost.run, cost.device_seconds
    return Row(
        (
            (glyphs().best if cost.on_front else " ", METRIC),
            (clean(run.name, limit=200), BRIGHT if cost.on_front else TEXT),
            (best_text(run.metrics[name]), f"{METRIC} bold" if cost.on_front else TEXT),
            (half_width(cost.interval), MUTED),
            (number(round(seconds) if seconds >= _WHOLE else seconds, 3), TEXT),
            (metric(cost.per_minute) if cost.per_minute is not None else NOTHING, TEXT),
            (number(cost.texts_per_second, 3), MUTED),
            (clean(run.device or NOTHING, limit=40), MUTED),
        ),
        run.id,
    )
