"""A comparison as text for files: Markdown, LaTeX, and CSV with the numbers as they are."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from typing import Any

from bertft_tui.core.analysis.comparison import Comparison, texts_per_second
from bertft_tui.core.config import format_value
from bertft_tui.tui.comparison_lines import Cell, lines_of, notes_of, same_words
from bertft_tui.tui.format import NOTHING, clean
from bertft_tui.tui.glyphs import glyphs

#: How a text begins that a spreadsheet takes for a formula, and what only looks like one.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#~&$!])")

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    "−": "$-$",
    "–": r"\textendash{}",
    "…": r"\dots{}",
    "†": r"$\dagger$",
    "★": r"$\star$",
    "◆": r"$\blacklozenge$",
    "≠": r"$\neq$",
    "▲": r"$\uparrow$",
    "▼": r"$\downarrow$",
    "→": r"$\rightarrow$",
    "×": r"$\times$",
}


def markdown(comparison: Comparison, chosen: str, *, same: bool = False) -> str:
    """The table in Markdown, a column a run; best values are bold."""
    lines = lines_of(comparison, chosen, same=same)
    names = [_heading(comparison, place, _for_markdown) for place in range(len(comparison.runs))]
    rows = [_markdown_row(["", *names]), _markdown_row(["---", *("---:" for _ in names)])]
    for line in lines:
        if line.is_heading:
            rows.append(_markdown_row([f"**{_for_markdown(line.label)}**", *("" for _ in names)]))
        else:
            rows.append(_markdown_row([_for_markdown(line.label.strip()), *map(_markdown_cell, line.cells)]))
    said = _notes(comparison, same=same)
    return "\n".join([*rows, "", _for_markdown(". ".join(said)) + ".", ""])


def latex(comparison: Comparison, chosen: str, *, same: bool = False) -> str:
    """The table in LaTeX with booktabs, a column a run; best values are bold."""
    names = [_heading(comparison, place, _for_latex) for place in range(len(comparison.runs))]
    rows = [
        r"% \usepackage{amssymb,booktabs,textcomp}, and \usepackage[T1]{fontenc} unless it is LuaLaTeX or XeLaTeX",
        r"\begin{tabular}{l" + "r" * len(names) + "}",
        r"\toprule",
        _latex_row(["", *names]),
    ]
    for line in lines_of(comparison, chosen, same=same):
        if line.is_heading:
            title = rf"\multicolumn{{{len(names) + 1}}}{{l}}{{\textit{{{_for_latex(line.label)}}}}}"
            rows += [r"\midrule", _latex_row([title])]
        else:
            rows.append(_latex_row([_for_latex(line.label.strip()), *map(_latex_cell, line.cells)]))
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
            *(defused(name + part) for name, part in metrics),
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
        writer.writerow([_plain(value) for value in row])
    return out.getvalue()


#: What a file may be written in, by the ending of its name.
WRITERS: dict[str, Callable[..., str]] = {
    ".md": markdown,
    ".tex": latex,
    ".csv": lambda comparison, chosen, *, same: comma_separated(comparison, same=same),
}


def defused(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula; numbers stay numbers."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _plain(value: Any) -> str:
    """A value for a cell: numbers with all digits, `true` and `false`, nothing for None."""
    if isinstance(value, float):
        return repr(value)
    text = format_value(value)
    return defused(clean(text)) if isinstance(value, str) else text


def _heading(comparison: Comparison, place: int, escaped: Callable[[str], str]) -> str:
    mark = f"{glyphs().baseline} " if place == comparison.baseline else ""
    return escaped(mark + clean(comparison.runs[place].name, limit=300))


def _notes(comparison: Comparison, *, same: bool) -> list[str]:
    return [*([] if same else [same_words(comparison)]), *notes_of(comparison)]


def _for_markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _for_latex(text: str) -> str:
    return "".join(_LATEX.get(char, char) for char in text).replace("--", "-{}-")  # two would become a dash


def _squeezed(cell: Cell) -> str:
    """Without the blanks that align it in a terminal."""
    return " ".join(cell.text.split()) or NOTHING


def _markdown_cell(cell: Cell) -> str:
    text = _for_markdown(_squeezed(cell))
    return f"**{text}**" if cell.best else text


def _latex_cell(cell: Cell) -> str:
    text = _for_latex(_squeezed(cell))
    return rf"\textbf{{{text}}}" if cell.best else text


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _latex_row(cells: Sequence[str]) -> str:
    first = "{}" * cells[0].startswith(("[", "*"))  # else an argument of the line's end above
    return first + " & ".join(cells) + r" \\"
