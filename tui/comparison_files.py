"""A comparison as text for files: Markdown, LaTeX, and CSV with the numbers as they are."""

import csv
import io
from collections.abc import Callable, Sequence

from bertft_tui.core.analysis.comparison import Comparison, texts_per_second
from bertft_tui.tui.comparison_lines import Cell, lines_of, notes_of, same_words
from bertft_tui.tui.escaping import for_csv, for_latex, for_markdown
from bertft_tui.tui.format import NOTHING, clean
from bertft_tui.tui.glyphs import glyphs


def markdown(comparison: Comparison, chosen: str, *, same: bool = False) -> str:
    """The table in Markdown, a column a run; best values are bold."""
    lines = lines_of(comparison, chosen, same=same)
    names = [_heading(comparison, place, for_markdown) for place in range(len(comparison.runs))]
    rows = [_markdown_row(["", *names]), _markdown_row(["---", *("---:" for _ in names)])]
    for line in lines:
        if line.is_heading:
            rows.append(_markdown_row([f"**{for_markdown(line.label)}**", *("" for _ in names)]))
        else:
            rows.append(_markdown_row([for_markdown(line.label.strip()), *map(_markdown_cell, line.cells)]))
    said = _notes(comparison, same=same)
    return "\n".join([*rows, "", for_markdown(". ".join(said)) + ".", ""])


def latex(comparison: Comparison, chosen: str, *, same: bool = False) -> str:
    """The table in LaTeX with booktabs, a column a run; best values are bold."""
    names = [_heading(comparison, place, for_latex) for place in range(len(comparison.runs))]
    rows = [
        r"% \usepackage{amssymb,booktabs,textcomp}, and \usepackage[T1]{fontenc} unless it is LuaLaTeX or XeLaTeX",
        r"\begin{tabular}{l" + "r" * len(names) + "}",
        r"\toprule",
        _latex_row(["", *names]),
    ]
    for line in lines_of(comparison, chosen, same=same):
        if line.is_heading:
            title = rf"\multicolumn{{{len(names) + 1}}}{{l}}{{\textit{{{for_latex(line.label)}}}}}"
            rows += [r"\midrule", _latex_row([title])]
        else:
            rows.append(_latex_row([for_latex(line.label.strip()), *map(_latex_cell, line.cells)]))
    said = "".join(f"% {' '.join(note.split())}\n" for note in _notes(comparison, same=same))
    return "\n".join([*rows, r"\bottomrule", r"\end{tabular}", said])


def comma_separated(comparison: Comparison, *, same: bool = False) -> str:
    """The comparison as CSV, a row a run: numbers with all their digits, no text that a spreadsheet would run."""
    settings = comparison.settings if same else comparison.differing
    metrics = [(row.name, part) for row in comparison.metrics for part in ("", "_step", "_epoch", "_difference")]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            *("id", "name", "baseline", "not_comparable", "not_comparable_test"),
            *(setting.field for setting in settings),
            *(for_csv(name + part) for name, part in metrics),
            *("status", "device", "device_seconds", "texts_per_second", "train_rows", "eval_rows"),
        ]
    )
    for place, run in enumerate(comparison.runs):
        figures = [row.figures[place] for row in comparison.metrics]
        parts = [
            part
            for each in figures
            for part in ((None,) * 4 if each is None else (each.value, each.step, each.epoch, each.difference))
        ]
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
        ]
        writer.writerow(map(for_csv, row))
    return out.getvalue()


#: What a file may be written in, by the ending of its name.
WRITERS: dict[str, Callable[..., str]] = {
    ".md": markdown,
    ".tex": latex,
    ".csv": lambda comparison, chosen, *, same: comma_separated(comparison, same=same),
}


def _heading(comparison: Comparison, place: int, escaped: Callable[[str], str]) -> str:
    mark = f"{glyphs().baseline} " if place == comparison.baseline else ""
    return escaped(mark + clean(comparison.runs[place].name, limit=300))


def _notes(comparison: Comparison, *, same: bool) -> list[str]:
    return [*([] if same else [same_words(comparison)]), *notes_of(comparison)]


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
