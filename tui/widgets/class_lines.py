"""What a run makes of each class, as lines: the confusion matrix, each class, how far it can be believed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len

from bertft_tui.core.analysis.classes import ClassReport, ClassScores, Confusion
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import clean, count_of, metric
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED, TEXT, WARNING, glyphs
from bertft_tui.tui.in_app import in_app
from bertft_tui.tui.interests.judged import Judgement
from bertft_tui.tui.progress import bar
from bertft_tui.tui.report_words import FLATTERS, chose_checkpoint, right_words, share_words
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.matrix_lines import Figures, matrix_rows
from bertft_tui.tui.widgets.reliability_lines import reliability_rows
from bertft_tui.tui.widgets.strips import fit_cells, wrap_cells

#: Said of the classes of a test split.
_TESTED = "These are the texts of the test split, as the metric is (M chooses it)."

#: Pairs of classes that are listed; lines of a sentence.
_LISTED, _LINES = 10, 12

#: Cells of a label: of the longest one, if that is between these.
_LEAST, _MOST = 5, 24

#: From so many classes on the matrix alone does not show which are taken for each other most often.
_MANY = 4

#: Figures of each class; the last one is left out where there is no room for it.
_HEADS: tuple[str, ...] = ("precision", "recall", "f1", "texts", "predicted")

_BAR = 20


@dataclass(frozen=True)
class Row:
    """A line. What stands in `moving` goes to the side, under what is `fixed`, when one scrolls there."""

    fixed: Sequence[Span] = ()
    moving: Sequence[Span] = field(default=())

    @property
    def width(self) -> int:
        """The cells that it takes."""
        return sum(cell_len(text) for text, _ in (*self.fixed, *self.moving))


def class_rows(run: RunRecord, judged: Judgement, width: int, figures: Figures) -> list[Row]:
    """All that is to say, for so many cells. `figures`: what stands in the cells of the matrix."""
    classes, parts = judged.classes, list[list[Row]]()
    if classes is not None:
        parts.append(
            [*wrapped(right_words(judged.step, classes).capitalize(), BRIGHT, width), *_note(run, judged, width)]
        )
        parts.append([Row(*each) for each in matrix_rows(classes, width, figures)])
        parts.append(_confusions(classes.confusions, width) if len(classes.scores) >= _MANY else [])
        parts.append(_class_table(classes, width))
    if judged.sure is not None and classes is not None:
        rows = reliability_rows(judged.sure, width, several=classes.confusion is None, tested=judged.tested)
        parts.append([row for spans in rows for row in _drawn(spans, width)])
    if (problem := judged.problem) is not None:
        said = ((problem.title, f"{WARNING} bold"), (problem.message, TEXT), (in_app(problem.hint), ACCENT))
        parts.append([row for text, style in said if text for row in wrapped(clean(text), style, width)])
    return _apart(parts)


def wrapped(text: str, style: str, width: int) -> list[Row]:
    """A sentence on as many lines as it takes."""
    return [Row([(line, style)]) for line in wrap_cells(text, max(1, width), _LINES)]


def _drawn(spans: Sequence[Span], width: int) -> list[Row]:
    """A line of one span is a sentence, others are drawn to fit."""
    return wrapped(*spans[0], width) if len(spans) == 1 else [Row(spans)]


def _note(run: RunRecord, judged: Judgement, width: int) -> list[Row]:
    if judged.tested:
        return wrapped(_TESTED, ACCENT, width)
    return wrapped(FLATTERS, MUTED, width) if chose_checkpoint(run) else []


def _apart(parts: Iterable[list[Row]]) -> list[Row]:
    rows: list[Row] = []
    for part in parts:
        if part:
            rows += [Row(), *part] if rows else part
    return rows


def _confusions(found: Sequence[Confusion], width: int) -> list[Row]:
    """The pairs of which one is taken for the other most often."""
    if not found:
        return []
    shown = found[:_LISTED]
    labels = label_cells([name for each in shown for name in (each.true, each.predicted)], (width - 22) // 2)
    more = f", {len(shown)} of {count_of(len(found), 'pair')}" if len(found) > len(shown) else ""
    rows = [Row([(fit_cells(f"Taken for another most often{more}", width).rstrip(), f"{ACCENT} bold")])]
    for each in shown:
        rows.append(
            Row(
                [
                    (f"  {fit_cells(clean(each.true, limit=_MOST), labels)}", TEXT),
                    (f" → {fit_cells(clean(each.predicted, limit=_MOST), labels)}", WARNING),
                    (f"{each.count:>7,}", BRIGHT),
                    (f" {share_words(each.share):>6}", MUTED),
                ]
            )
        )
    return rows


def _class_table(classes: ClassReport, width: int) -> list[Row]:
    """Precision, recall, F1 with a bar, support; in a narrow pane without what was predicted and the bar."""
    name = "Each label" if classes.confusion is None else "Each class"
    heads = _HEADS[:-1]
    labels = label_cells([name[2:], *(each.label for each in classes.scores)], width - 2 - sum(map(_figure, heads)))
    spare = width - 2 - labels - sum(map(_figure, _HEADS))
    if spare >= 0:
        heads = _HEADS
    bars = min(_BAR, spare - 2)
    figures = "".join(f"{head:>{_figure(head)}}" for head in heads)
    rows = [Row([(fit_cells(name, labels + 2), f"{ACCENT} bold"), (figures, MUTED)])]
    return [*rows, *(_class_row(each, labels, heads, bars if bars >= _LEAST else 0) for each in classes.scores)]


def _figure(head: str) -> int:
    """Cells of a column of figures, with the gap before it."""
    return 2 + max(5, len(head))


def _class_row(each: ClassScores, labels: int, heads: Sequence[str], bars: int) -> Row:
    values = [
        metric(each.precision),
        metric(each.recall),
        metric(each.f1),
        f"{each.support:,}",
        f"{each.predicted:,}",
    ]
    spans: list[Span] = [(f"  {fit_cells(clean(each.label, limit=_MOST), labels)}", TEXT)]
    for head, value in zip(heads, values, strict=False):
        spans.append((f"{value:>{_figure(head)}}", BRIGHT if head == "f1" else TEXT))
    return Row([*spans, ("  ", ""), *bar(each.f1, bars, glyphs())] if bars else spans)


def label_cells(names: Iterable[str], most: int) -> int:
    """Cells for labels: as many as the longest takes, at most `most`."""
    longest = max((cell_len(clean(name, limit=_MOST)) for name in names), default=_LEAST)
    return max(1, min(max(longest, _LEAST), most))
