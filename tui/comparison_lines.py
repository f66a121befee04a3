"""A comparison in words: the lines of its table, for the screen, the terminal, and files that people read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bertft_tui.core.adjustments import in_words
from bertft_tui.core.analysis.comparison import Comparison, Figure, MetricRow, Setting, per_minute, texts_per_second
from bertft_tui.core.analysis.significance import Significance
from bertft_tui.core.metric_names import direction_of, is_share
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.value_text import format_value
from bertft_tui.tui.difference_words import COLOURS, from_to, half_width, p_words, rounded, signed
from bertft_tui.tui.format import NOTHING, START, clean, count_of, metric, number
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, METRIC, MUTED, TEXT, WARNING, glyphs
from bertft_tui.tui.metric_choice import SELECTED
from bertft_tui.tui.seed_lines import seed_rows

#: A value that is longer than this, a path say, ends in `…`.
_LONGEST = 300


@dataclass(frozen=True)
class Cell:
    """What stands in a line for one run."""

    text: str
    style: str = TEXT
    best: bool = False
    breaks: bool = False  # whether it may go on in a next line


@dataclass(frozen=True)
class Line:
    """One line of the table: a label, and a cell for each run. A heading has no cells."""

    label: str
    cells: tuple[Cell, ...] = ()
    about: str = ""  # what it is found by: the setting or metric that it belongs to
    style: str = MUTED

    @property
    def is_heading(self) -> bool:
        """Whether it only says what follows."""
        return not self.cells


def lines_of(
    comparison: Comparison,
    chosen: str,
    sure: Significance | None = None,
    *,
    same: bool = False,
    seconds: Callable[[RunRecord], float] | None = None,
) -> list[Line]:
    """All lines: settings that differ, metrics with the `chosen` one first, what the runs cost.

    `sure`: intervals, and tests by the chosen metric, where they are known by now. `same` shows the settings that are
    the same too. `seconds`: how long a run has taken by now.
    """
    lasted = seconds or (lambda run: run.duration_seconds)
    return [
        *_settings(comparison, same=same),
        Line("metrics", style=f"{ACCENT} bold"),
        *_unlike(comparison),
        *(line for row in _ordered(comparison, chosen) for line in _metric(comparison, row, sure)),
        Line("cost", style=f"{ACCENT} bold"),
        *_costs(comparison, chosen, lasted),
    ]


def matching(lines: Sequence[Line], wanted: str) -> list[Line]:
    """The lines whose label or setting has all of these words; headings that nothing follows go."""
    words = wanted.casefold().split()
    if not words:
        return list(lines)
    kept = [
        line
        for line in lines
        if line.is_heading or all(word in f"{line.label} {line.about}".casefold() for word in words)
    ]
    following = [*kept[1:], Line("")]
    return [line for line, after in zip(kept, following, strict=True) if not (line.is_heading and after.is_heading)]


def notes_of(comparison: Comparison, sure: Significance | None = None) -> list[str]:
    """What the marks in the table mean, those that stand there."""
    figures = [figure for row in comparison.metrics for figure in row.figures if figure is not None]
    shapes = glyphs()
    found = [
        (f"{shapes.baseline} the baseline", True),
        (f"{shapes.best} the best", any(figure.best for figure in figures)),
        (f"{shapes.selected} {SELECTED}: it flatters", any(figure.selected for figure in figures)),
        (f"{shapes.unlike} not comparable", any(not figure.comparable for figure in figures)),
        (
            f"{shapes.plus_minus} half of the 95 % interval",
            sure is not None and any(map(any, sure.intervals.values())),
        ),
        (_margin_words(sure), _margin_words(sure) != ""),
        ("predictions are kept when a run finishes: train it again, or resume it", _lacks_predictions(sure)),
    ]
    return [text for text, there in found if there]


def _margin_words(sure: Significance | None) -> str:
    """What a tie is, where one could be."""
    if sure is None or sure.margin is None or not any(sure.pairs):
        return ""
    unit = " points" if is_share(sure.metric) else ""
    return f"a tie: surely within {glyphs().plus_minus}{signed(sure.metric, sure.margin).removeprefix('+')}{unit}"


def _lacks_predictions(sure: Significance | None) -> bool:
    """Whether a run was not tested because it has none."""
    reasons = [reason for each in sure.why_not for reason in each] if sure is not None else []
    return any(reason.endswith("no predictions") for reason in reasons)


def same_words(comparison: Comparison) -> str:
    """How many settings are the same in all runs."""
    count = len(comparison.same)
    return f"{count_of(count, 'setting')} {'is' if count == 1 else 'are'} the same"


def where(figure: Figure) -> str:
    """The epoch of a figure; its step where the epochs are not known."""
    if figure.epoch is not None:
        return f"at {number(round(figure.epoch, 1), 3) if figure.epoch else START}"
    return NOTHING if figure.step is None else f"step {figure.step}"


def value_text(value: Any) -> str:
    """A setting as a person would type it; one that is empty is a dash."""
    return clean(format_value(value), limit=_LONGEST) or NOTHING


def title_of(name: str) -> str:
    """A metric with the direction in which it is better, where it has one."""
    direction = direction_of(name)
    return f"{clean(name)} {glyphs().up if direction == 'up' else glyphs().down}" if direction else clean(name)


def _settings(comparison: Comparison, *, same: bool) -> list[Line]:
    """Those that differ first; a value that is not the baseline's is bright."""
    lines = [Line("settings that differ", style=f"{ACCENT} bold")]
    lines += [_setting(comparison, setting) for setting in comparison.differing]
    if any(run.adjustments for run in comparison.runs):
        cells = [Cell(in_words(run.adjustments) or NOTHING, WARNING, breaks=True) for run in comparison.runs]
        lines.append(Line("changed by itself", tuple(cells), "adjustments"))
    if len(lines) == 1:
        lines = [Line("all settings are the same", style=f"{ACCENT} bold")]
    if same:
        lines.append(Line(same_words(comparison), style=f"{ACCENT} bold"))
        lines += [_setting(comparison, setting) for setting in comparison.same]
    return lines


def _setting(comparison: Comparison, setting: Setting) -> Line:
    base = setting.values[comparison.baseline]
    cells = tuple(
        Cell(value_text(value), MUTED if value == base else BRIGHT, breaks=True) for value in setting.values
    )
    return Line(setting.name, cells, setting.field)


def _ordered(comparison: Comparison, chosen: str) -> list[MetricRow]:
    return sorted(comparison.metrics, key=lambda row: row.name != chosen)


def _unlike(comparison: Comparison) -> list[Line]:
    """Why some runs cannot be held against the baseline; nothing when all can."""
    lines = []
    for label, found, about in (
        ("not comparable", comparison.obstacles, "eval_"),
        ("not comparable (test)", comparison.test_obstacles, "test_"),
    ):
        told = [
            reasons if any(name.startswith(about) for name in run.metrics) else ()
            for run, reasons in zip(comparison.runs, found, strict=True)
        ]
        if any(told):
            cells = (Cell(clean("; ".join(reasons), limit=_LONGEST), WARNING, breaks=True) for reasons in told)
            lines.append(Line(label, tuple(cells), about))
    return lines


def _metric(comparison: Comparison, row: MetricRow, sure: Significance | None) -> list[Line]:
    """The best values, each with its interval, and under them the differences to the baseline's."""
    places = [where(figure) if figure is not None else "" for figure in row.figures]
    width = max(map(len, places))
    intervals = sure.intervals.get(row.name, ()) if sure is not None else ()
    spreads = [half_width(interval) for interval in intervals] or [""] * len(row.figures)
    room = max(map(len, spreads))
    cells = tuple(
        Cell(NOTHING, MUTED) if figure is None else _figure_cell(figure, spread.ljust(room), place.rjust(width))
        for figure, spread, place in zip(row.figures, spreads, places, strict=True)
    )
    below = tuple(
        _difference_cell(row.name, figure, is_base=place == comparison.baseline)
        for place, figure in enumerate(row.figures)
    )
    unit = " (points)" if is_share(row.name) else ""
    return [
        Line(title_of(row.name), cells, row.name, TEXT),
        Line(f"  vs {glyphs().baseline}{unit}", below, row.name),
        *(_tested(comparison, sure) if sure is not None and sure.metric == row.name else []),
        *(_seeds(comparison, sure) if sure is not None and sure.metric == row.name else []),
    ]


def _seeds(comparison: Comparison, sure: Significance) -> list[Line]:
    """What the runs come to as groups of seeds."""
    return [
        Line(label, tuple(Cell(text, breaks=True) for text in texts), sure.metric)
        for label, texts in seed_rows(comparison, sure)
    ]


def _tested(comparison: Comparison, sure: Significance) -> list[Line]:
    """Whether the differences are any: the verdict, its interval and p-value, and how many texts would tell."""
    pairs = [(place, each) for place, each in enumerate(sure.pairs) if each is not None]
    blank = [Cell("") for _ in comparison.runs]

    def line(label: str, cells: Mapping[int, Cell]) -> Line:
        return Line(label, tuple(cells.get(place, each) for place, each in enumerate(blank)), sure.metric)

    missing = {
        place: Cell(clean("; ".join(reasons), limit=_LONGEST), MUTED, breaks=True)
        for place, reasons in enumerate(sure.why_not)
        if reasons and not comparison.obstacles_to(sure.metric)[place]
    }
    lines = [line("  no test", missing)] if missing else []
    if not pairs:
        return lines
    decided = {place: Cell(each.decision, f"{COLOURS[each.decision]} bold") for place, each in pairs}
    lines.append(line("  verdict", decided))
    spans = {place: Cell(from_to(sure.metric, each.low, each.high)) for place, each in pairs}
    lines.append(line("  95 % interval", spans))
    lines.append(line(_test_words(sure), {place: Cell(p_words(each)) for place, each in pairs}))
    needed = {place: Cell(rounded(each.needed)) for place, each in pairs if each.needed is not None}
    return [*lines, line("  texts needed", needed)] if needed else lines


def _test_words(sure: Significance) -> str:
    """Which test, and that several were corrected together."""
    pairs = [each for each in sure.pairs if each is not None]
    together = f", Holm of {pairs[0].compared}" if pairs[0].compared > 1 else ""
    return f"  {pairs[0].test}{together}"


def _figure_cell(figure: Figure, spread: str, place: str) -> Cell:
    shapes = glyphs()
    marks = (shapes.selected if figure.selected else " ") + (shapes.best if figure.best else " ")
    text = " ".join(part for part in (metric(figure.value) + marks, spread, place) if part)
    return Cell(text, f"{METRIC} bold" if figure.best else BRIGHT, figure.best)


def _difference_cell(name: str, figure: Figure | None, *, is_base: bool) -> Cell:
    if is_base:
        return Cell("base", MUTED)
    if figure is None:
        return Cell(NOTHING, MUTED)
    text = signed(name, _seen_difference(figure))
    return Cell(text, TEXT) if figure.comparable else Cell(f"{text} {glyphs().unlike}", MUTED)


def _seen_difference(figure: Figure) -> float | None:
    """The difference to the baseline's; none where both values are written the same."""
    far = figure.difference
    return 0.0 if far is not None and metric(figure.value) == metric(figure.value - far) else far


def _costs(comparison: Comparison, chosen: str, seconds: Callable[[RunRecord], float]) -> list[Line]:
    row = comparison.metric(chosen)
    lines = [
        _cost("status", comparison, lambda run: str(run.status)),
        _cost("device", comparison, lambda run: clean(run.device or NOTHING, limit=40)),
        _cost("device seconds", comparison, lambda run: number(seconds(run), 3) if run.started_at else NOTHING),
        _cost("texts per second", comparison, lambda run: number(texts_per_second(run), 3)),
        _cost("texts to train on", comparison, lambda run: number(run.train_rows)),
        _cost("texts to evaluate", comparison, lambda run: number(run.eval_rows)),
    ]
    if row is not None and row.direction == "up":
        cells = (
            Cell(number(per_minute(run, figure), 3)) for run, figure in zip(comparison.runs, row.figures, strict=True)
        )
        lines.append(Line(f"{clean(chosen)} per minute", tuple(cells), chosen))
    return lines


def _cost(label: str, comparison: Comparison, text: Callable[[RunRecord], str]) -> Line:
    return Line(label, tuple(Cell(text(run)) for run in comparison.runs), label)
