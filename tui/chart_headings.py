"""What stands over a run's charts: names, last values, and what the cursor reads out."""

from bisect import bisect_left

from bertft_tui.core.analysis.smoothing import smooth
from bertft_tui.core.metric_names import TEST, direction_of
from bertft_tui.core.store.records import Series
from bertft_tui.tui.chart_plots import Picture, colours_of, is_log, is_smoothed
from bertft_tui.tui.format import START, clean, duration, number
from bertft_tui.tui.format import metric as metric_text
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, EVALUATION, FAINT, LOSS, METRIC, MUTED, glyphs
from bertft_tui.tui.metric_choice import SELECTED, best_text, metric_title
from bertft_tui.tui.widgets.braille import Span


def heading_of(picture: Picture, name: str) -> tuple[Span, ...]:
    """What stands over one chart: its values at the cursor, else what it shows."""
    if picture.view.cursor is not None:
        return _values(picture, name, picture.view.cursor)
    return _loss(picture) if name == "loss" else _other(picture, name)


def title_of(name: str) -> str:
    """The title of a chart: metrics of evaluations by their plain names."""
    plain = name.removeprefix("eval_")
    measured = plain != name or name.startswith(TEST)
    return clean(metric_title(plain) if measured and direction_of(name) is not None else name, limit=60)


def _loss(picture: Picture) -> tuple[Span, ...]:
    """The last value, and which line is which."""
    summary, options = picture.run.metrics.get("loss"), picture.options
    return (
        ("loss ", BRIGHT),
        (f"{metric_text(summary.last)}  " if summary else " ", LOSS),
        ("train", LOSS),
        (f"  {glyphs().point} eval", EVALUATION),
        (f"  EMA {options.smoothing:g}" if options.smoothing else "", MUTED),
        (f"  by {picture.axis.unit}", MUTED),
        ("  log y" if options.log_y else "", MUTED),
    )


def _other(picture: Picture, name: str) -> tuple[Span, ...]:
    """The metric; its best value and where that was, or where neither way is better the last."""
    run, summary, (colour, _) = picture.run, picture.run.metrics.get(name), colours_of(name)
    title = title_of(name)
    if summary is None:
        return ((title, BRIGHT),)
    logarithmic = ("  log y" if is_log(name, picture.options) else "", MUTED)
    if not name.startswith(("eval_", "test_")) or summary.best is None:
        return ((f"{title} ", BRIGHT), (_exact(name, summary.last), colour), ("  last", MUTED), logarithmic)
    epoch = run.epoch_of(summary.best_step)
    where = f"at epoch {epoch:.3g}" if epoch is not None else f"at step {summary.best_step}"
    if summary.best_step == 0:
        where = f"at the {START}"
    return (
        (f"{title} ", BRIGHT),
        (best_text(summary), METRIC),
        (f"  best, {where}", MUTED),
        (f"  {SELECTED}" if summary.is_selected else "", MUTED),
        logarithmic,
    )


def place_words(picture: Picture, shown: tuple[str, ...], charts: tuple[str, ...]) -> tuple[Span, ...]:
    """The line over all charts: where the cursor stands, what is zoomed in on, which charts are in sight."""
    view, axis, run = picture.view, picture.axis, picture.run
    spans: list[Span] = []
    if view.cursor is not None:
        epoch = run.epoch_of(view.cursor)
        spans.append((f"step {view.cursor:,}", BRIGHT))
        spans.append((f"  epoch {number(epoch)}" if epoch is not None else "", BRIGHT))
        spans.append((f"  at {duration(axis.seconds_at(view.cursor))}", BRIGHT))
    if view.stretch is not None:
        low, high = (number(axis.at(step), 3) for step in view.stretch)
        spans.append((f"  zoom: {axis.unit} {low} to {high}", ACCENT))
    if len(shown) < len(charts):
        first = view.first % len(charts) + 1
        which = f"{first}" if len(shown) == 1 else f"{first} to {(first + len(shown) - 2) % len(charts) + 1}"
        spans.append((f"  chart {which} of {len(charts)}", MUTED))
        spans.append((", . the next", FAINT))
    if view.cursor is None and view.stretch is None:
        spans.append(("  ← → read out", FAINT))
    first_text, first_colour = spans[0]
    return ((first_text.lstrip(" ,"), first_colour), *spans[1:])


def _values(picture: Picture, name: str, cursor: int) -> tuple[Span, ...]:
    """A chart's values at the points that are nearest to the cursor."""
    series, (colour, _) = picture.of(name), colours_of(name)
    spans: list[Span] = [(f"{title_of(name)} ", BRIGHT)]
    if (place := nearest(series, cursor)) is not None:
        spans.append((_exact(name, series.values[place]), colour))
        spans.append((_elsewhere(series, place, cursor), MUTED))
        if picture.options.smoothing and is_smoothed(name):
            smoothed = smooth(series.values, picture.options.smoothing)[place]
            spans.append((f"  EMA {_exact(name, smoothed)}", MUTED))
    else:
        spans.append(("no points", MUTED))
    if name == "loss":
        evaluated = picture.of("eval_loss")
        if (place := nearest(evaluated, cursor)) is not None:
            spans.append((f"  {glyphs().point} {_exact('eval_loss', evaluated.values[place])}", EVALUATION))
            spans.append((_elsewhere(evaluated, place, cursor), MUTED))
    return tuple(spans)


def nearest(series: Series, step: int) -> int | None:
    """The index of the point that is nearest to a step; None without any."""
    if not series.steps:
        return None
    behind = bisect_left(series.steps, step)
    around = [place for place in (behind - 1, behind) if 0 <= place < len(series.steps)]
    return min(around, key=lambda place: abs(series.steps[place] - step))


def _elsewhere(series: Series, place: int, step: int) -> str:
    """Say where a value was measured, when that is not where the cursor stands."""
    return f" (step {series.steps[place]:,})" if series.steps[place] != step else ""


def _exact(name: str, value: float) -> str:
    return number(value, 4)
