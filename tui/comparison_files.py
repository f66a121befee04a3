"""A comparison as text for files: Markdown, LaTeX, and CSV with the numbers as they are."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from bertft_tui.core.analysis.comparison import Comparison, MetricRow, texts_per_second
from bertft_tui.core.analysis.significance import Significance
from bertft_tui.tui.comparison_lines import Cell, lines_of, notes_of, same_words
from bertft_tui.tui.escaping import for_csv, for_latex, for_markdown
from bertft_tui.tui.format import NOTHING, clean
from bertft_tui.tui.glyphs import glyphs


def markdown(comparison: Comparison, chosen: str, sure: Significance | None = None, *, same: bool = False) -> str:
    """The table in Markdown, a column a run; best values are bold."""
    lines = lines_of(comparison, chosen, sure, same=same)
    names = [_heading(comparison, place, for_markdown) for place in range(len(comparison.runs))]
    rows = [_markdown_row(["", *names]), _markdown_row(["---", *("---:" for _ in names)])]
    for line in lines:
        if line.is_heading:
            rows.append(_markdown_row([f"**{for_markdown(line.label)}**", *("" for _ in names)]))
        else:
            rows.append(_markdown_row([for_markdown(line.label.strip()), *map(_markdown_cell, line.cells)]))
    said = _notes(comparison, sure, same=same)
    return "\n".join([*rows, "", for_markdown(". ".join(said)) + ".", ""])


def latex(comparison: Comparison, chosen: str, sure: Significance | None = None, *, same: bool = False) -> str:
    """The table in LaTeX with booktabs, a column a run; best values are bold."""
    names = [_heading(comparison, place, for_latex) for place in range(len(comparison.runs))]
    rows = [
        r"% \usepackage{amssymb,booktabs,textcomp}, and \usepackage[T1]{fontenc} unless it is LuaLaTeX or XeLaTeX",
        r"\begin{tabular}{l" + "r" * len(names) + "}",
        r"\toprule",
        _latex_row(["", *names]),
    ]
    for line in lines_of(comparison, chosen, sure, same=same):
        if line.is_heading:
            title = rf"\multicolumn{{{len(names) + 1}}}{{l}}{{\textit{{{for_latex(line.label)}}}}}"
            rows += [r"\midrule", _latex_row([title])]
        else:
            rows.append(_latex_row([for_latex(line.label.strip()), *map(_latex_cell, line.cells)]))
    said = "".join(f"% {' '.join(note.split())}\n" for note in _notes(comparison, sure, same=same))
    return "\n".join([*rows, r"\bottomrule", r"\end{tabular}", said])


def comma_separated(comparison: Comparison, sure: Significance | None = None, *, same: bool = False) -> str:
    """The comparison as CSV, a row a run: numbers with all their digits, no text that a spreadsheet would run."""
    settings = comparison.settings if same else comparison.differing
    metrics = [(row.name, part) for row in comparison.metrics for part in _PARTS]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            *("id", "name", "baseline", "not_comparable", "not_comparable_test"),
            *(setting.field for setting in settings),
            *(for_csv(name + part) for name, part in metrics),
            *("status", "device", "device_seconds", "texts_per_second", "train_rows", "eval_rows"),
            *(() if sure is None else _TESTED),
        ]
    )
    for place, run in enumerate(comparison.runs):
        parts = [part for each in comparison.metrics for part in _figure_parts(each, place, sure)]
        row = [
            *(run.id, run.name, place == comparison.baseline),
            *("; ".join(each[place]) for each in (comparison.obstacles, comparison.test_obstacles)),
            *(setting.values[place] for setting in settings),
            *parts,
            *(
                str(run.status),
                run.device,
                run.duration_seconds,
                texts_per_second(run),
                run.train_rows,
                run.eval_rows,
            ),
            *(() if sure is None else _tested_parts(sure, place)),
        ]
        writer.writerow(map(for_csv, row))
    return out.getvalue()


#: What CSV has of each metric, and of the tests by the chosen one.
_PARTS = ("", "_low", "_high", "_step", "_epoch", "_difference")
_TESTED = ("tested_by", "verdict", "difference_low", "difference_high", "p_value", "p_adjusted", "test", "needed")


def _figure_parts(row: MetricRow, place: int, sure: Significance | None) -> tuple[Any, ...]:
    figure = row.figures[place]
    if figure is None:
        return (None,) * len(_PARTS)
    interval = sure.intervals[row.name][place] if sure is not None else None
    ends = (None, None) if interval is None else (interval.low, interval.high)
    return (figure.value, *ends, figure.step, figure.epoch, figure.difference)


def _tested_parts(sure: Significance, place: int) -> tuple[Any, ...]:
    each = sure.pairs[place]
    if each is None:
        return (sure.metric, *(None,) * (len(_TESTED) - 1))
    ends = (each.low, each.high)
    return (sure.metric, each.decision, *ends, each.p_value, each.p_adjusted, each.test, each.needed)


#: What a file may be written in, by the ending of its name.
WRITERS: dict[str, Callable[..., str]] = {
    ".md": markdown,
    ".tex": latex,
    ".csv": lambda comparison, chosen, sure, *, same: comma_separated(comparison, sure, same=same),
}


def _heading(comparison: Comparison, place: int, escaped: Callable[[str], str]) -> str:
    mark = f"{glyphs().baseline} " if place == comparison.baseline else ""
    return escaped(mark + clean(comparison.runs[place].name, limit=300))


def _notes(comparison: Comparison, sure: Significance | None, *, same: bool) -> list[str]:
    return [*([] if same else [same_words(comparison)]), *notes_of(comparison, sure)]


def _squeezed(cell: Cell) -> str:
    """Without the blanks that align it in a terminal."""
    return " ".join(cell.text.split()) or NOTHING


def _markdown_cell(cell: Cell) -> str:
    text = for_markdown(_squeezed(cell))
    return f"**{text}**" if cell.best else text


def _latex_cell(cell: Cell) -> str:
    text = for_latex(_squeezed(cell))
    return rf"\textbf{{{text}}}" if cell.best else text


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _latex_row(cells: Sequence[str]) -> str:
    first = "{}" * cells[0].startswith(("[", "*"))  # else an argument of the line's end above
    return first + " & ".join(cells) + r" \\"
