"""Any value as a cell of a table that another program reads: nothing in it is obeyed, run or taken for markup."""

import math
import re
from typing import Any

from bertft_tui.core.value_text import format_value
from bertft_tui.tui.format import clean

#: How a text begins that a spreadsheet takes for a formula, and what only looks like one.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

#: What Markdown would take for markup; an underscore within a word is none.
_MARKUP = re.compile(r"[\\`*|<\[\]~$&]|(?<![^\W_])_|_(?![^\W_])")

#: Characters. Nothing that a store holds is longer; a cell is not to be cut.
_LONG = 1_000_000

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


def for_csv(value: Any) -> str:
    """Write numbers with all their digits, None as nothing, and an apostrophe before what would run as a formula."""
    if not isinstance(value, str):
        return str(value) if isinstance(value, float) and not math.isfinite(value) else format_value(value)
    text = clean(value, limit=_LONG)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def for_markdown(text: str) -> str:
    """Clean a text, and put a backslash before what Markdown would read."""
    return _MARKUP.sub(r"\\\g<0>", clean(text, limit=_LONG))


def for_latex(text: str) -> str:
    """Clean a text, and write what LaTeX would obey so that it is printed."""
    written = "".join(_LATEX.get(char, char) for char in clean(text, limit=_LONG))
    return written.replace("--", "-{}-")  # two would become a dash
