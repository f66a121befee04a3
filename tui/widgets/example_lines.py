"""A list of evaluation examples as lines: what is true, what each run says, how sure it is, how the text begins."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len

from bertft_tui.core.scheduling.texts_again import EvaluatedText
from bertft_tui.tui.example_words import first_line, label_words
from bertft_tui.tui.format import clean, metric
from bertft_tui.tui.glyphs import BRIGHT, FAINT, MUTED, TEXT, WARNING
from bertft_tui.tui.interests.examples import Listed, Side
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.strips import fit_cells
from bertft_tui.tui.widgets.verdict_lines import MARKS

#: Cells of a label: of the longest one, if that is between these; of several together always the most.
_LEAST, _MOST = 6, 18

#: With fewer cells left for the text it has a line of its own.
_TEXT = 26

_SURE = 6  # cells of a probability
_ARROW = " → "

#: Gives the text with a hash, or what stands in the place of one that is not there.
TextOf = Callable[[int], EvaluatedText | str]


@dataclass(frozen=True)
class Layout:
    """How wide labels are drawn, and on how many lines an example."""

    labels: int
    lines: int


def layout_of(listed: Listed, width: int) -> Layout:
    """Choose the layout for so many cells."""
    names = listed.sides[0].run.labels if listed.sides else ()
    longest = max((cell_len(clean(name, limit=_MOST)) for name in names), default=_LEAST)
    if any(side.said.problem_type == "multi_label_classification" for side in listed.sides):
        longest = _MOST
    columns = 1 + len(listed.sides)
    most = (width - len(listed.sides) * (_SURE + len(_ARROW))) // columns - 1
    labels = max(1, min(max(_LEAST, min(_MOST, longest)), most))
    return Layout(labels, 1 if width - _before_text(listed, labels) >= _TEXT else 2)


def _before_text(listed: Listed, labels: int) -> int:
    """The cells of all that stands before the text."""
    return 1 + labels + len(listed.sides) * (len(_ARROW) + labels + _SURE) + 2


def head_spans(listed: Listed, layout: Layout) -> list[Span]:
    """The head of the list: of two runs, which column is whose."""
    spans: list[Span] = [(f" {fit_cells('true', layout.labels)}", MUTED)]
    for place in range(len(listed.sides)):
        words = f"{MARKS[place]} says" if len(listed.sides) > 1 else "predicted"
        spans.append((f"   {fit_cells(words, layout.labels + _SURE)}", MUTED))
    return [*spans, ("  text" if layout.lines == 1 else "", MUTED)]


def example_spans(listed: Listed, place: int, layout: Layout, text_of: TextOf) -> list[list[Span]]:
    """The lines of the example at a place of the list."""
    assert listed.positions is not None
    position, labels = int(listed.positions[place]), listed.sides[0].run.labels
    first = listed.sides[0].said
    true = fit_cells(label_words(first.label[position], labels), layout.labels)
    spans: list[Span] = [(f" {true}", BRIGHT)]
    for side in listed.sides:
        spans += _said(side, position, labels, layout)
    text = _text(text_of(int(first.text_hash[position])))
    return [[*spans, ("  ", ""), text]] if layout.lines == 1 else [spans, [("   ", ""), text]]


def _said(side: Side, position: int, labels: tuple[str, ...], layout: Layout) -> list[Span]:
    """What a run says, and how sure it is; a wrong answer stands out."""
    style = TEXT if side.right[position] else WARNING
    words = fit_cells(label_words(side.said.predicted[position], labels), layout.labels)
    return [(_ARROW, FAINT), (words, style), (f"{metric(float(side.sure[position])):>{_SURE}}", style)]


def _text(text: EvaluatedText | str) -> Span:
    return (text, FAINT) if isinstance(text, str) else (first_line(text), TEXT)
