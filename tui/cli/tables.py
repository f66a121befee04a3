"""Tables for other programs: CSV for spreadsheets and data frames, Markdown for pages."""

import csv
import math
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from bertft_tui.core.config import format_value
from bertft_tui.tui.cli.output import say
from bertft_tui.tui.format import clean

#: How a text begins that a spreadsheet takes for a formula, and what only looks like one.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

#: What Markdown would take for markup; an underscore within a word is none.
_MARKUP = re.compile(r"[\\`*|<\[\]]|(?<![^\W_])_|_(?![^\W_])")

#: Characters. Nothing that a store holds is longer; a cell is not to be cut.
_LONG = 1_000_000


def print_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print CSV: numbers with all their digits, None as nothing.

    No terminal obeys its texts and no spreadsheet runs them: one that begins as a formula has an apostrophe first.
    """
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([_cell(header) for header in headers])
    writer.writerows([[_cell(value) for value in row] for row in rows])


def print_markdown(headers: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> None:
    """Print a table in Markdown. Nothing in a cell is read as markup of its own."""
    _print_row(headers)
    say(f"|{'|'.join('---:' if header in right else '---' for header in headers)}|")
    for row in rows:
        _print_row(row)


def _print_row(cells: Sequence[str]) -> None:
    say(f"| {' | '.join(_MARKUP.sub(_escaped, clean(cell, limit=_LONG)) for cell in cells)} |")


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def _cell(value: Any) -> str:
    if not isinstance(value, str):
        return str(value) if isinstance(value, float) and not math.isfinite(value) else format_value(value)
    text = clean(value, limit=_LONG)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
