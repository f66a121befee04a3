"""Tables for other programs: CSV for spreadsheets and data frames, Markdown for pages."""

import csv
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from bertft_tui.tui.cli.output import say
from bertft_tui.tui.escaping import for_csv, for_markdown


def print_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print CSV: numbers with all their digits, None as nothing.

    No terminal obeys its texts and no spreadsheet runs them: one that begins as a formula has an apostrophe first.
    """
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([for_csv(header) for header in headers])
    writer.writerows([[for_csv(value) for value in row] for row in rows])


def print_markdown(headers: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> None:
    """Print a table in Markdown. Nothing in a cell is read as markup of its own."""
    _print_row(headers)
    say(f"|{'|'.join('---:' if header in right else '---' for header in headers)}|")
    for row in rows:
        _print_row(row)


def _print_row(cells: Sequence[str]) -> None:
    say(f"| {' | '.join(map(for_markdown, cells))} |")
