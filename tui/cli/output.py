"""What goes to the terminal: JSON documents, tables, and errors as sentences."""

import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import TextWrapper
from typing import Any, TextIO

from bertft_tui.core.errors import BertftError, FilterError, Problem
from bertft_tui.core.redaction import redact
from bertft_tui.tui.ascii import drawable
from bertft_tui.tui.format import clean

#: Cells. Tables take the width they need; the terminal breaks what is too long for it.
_WIDE = 10_000

#: Cells between two columns, and those that a column which is cut keeps.
_GAP, _LEAST = 2, 12

#: Characters of a long text that are shown before and behind the part that is meant.
_AROUND = 38


def print_json(document: Any) -> None:
    """Print one JSON document, all in ASCII: no terminal is steered by what stands in it."""
    print(json.dumps(document, indent=2, allow_nan=False))


def say(text: str) -> None:
    """Print a line on stdout, cleaned of whatever could steer the terminal."""
    _print(text, sys.stdout)


def tell(text: str) -> None:
    """Print a line on stderr: for the person, not for the pipe."""
    _print(text, sys.stderr)


def print_error(error: BertftError) -> None:
    """Print an error on stderr: title, message and hint; of a filter also the place that is meant."""
    _print(f"Error: {error.problem.title}", sys.stderr)
    if isinstance(error, FilterError):
        _print_place(error.text, error.position, error.length)
    _print_words(error.problem)


def print_problem(problem: Problem, *, label: str = "Error") -> None:
    """Print title, message and hint on stderr."""
    _print(f"{label}: {problem.title}", sys.stderr)
    _print_words(problem)


def _print_words(problem: Problem) -> None:
    for line in (*problem.message.splitlines(), *problem.hint.splitlines()):
        _print(line, sys.stderr, indent="  ")


def _print(text: str, stream: TextIO, indent: str = "") -> None:
    """Print a line; on a terminal it breaks between words, never within a path."""
    line = indent + drawable(clean(text))
    width = shutil.get_terminal_size().columns
    if stream.isatty() and len(line) > width:
        words = TextWrapper(width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
        line = "\n".join(words.wrap(line))
    print(line, file=stream)


def _print_place(text: str, position: int, length: int) -> None:
    """Print a line of what somebody typed on stderr, with carets under the part that is meant."""
    from rich.cells import cell_len

    begin = max(0, position - _AROUND) if len(text) > 2 * _AROUND else 0
    before, part, after = text[begin:position], text[position : position + length], text[position + length :]
    before = ("…" if begin else "") + clean(before)
    part, after = clean(part, limit=_AROUND), clean(after, limit=max(0, _AROUND - len(part)))
    print(f"  {before}{part}{after}", file=sys.stderr)
    print(f"  {' ' * cell_len(before)}{'^' * max(1, cell_len(part))}", file=sys.stderr)


def print_table(
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[str] = (),
    give_way: Sequence[str] = (),
    shrinks: str = "",
) -> None:
    """Print aligned columns. Nothing is cut: a line that is too long for the terminal goes on in the next.

    But where there are columns to `give_way`, those leave a terminal that is too narrow, the first one first, and
    then the column that `shrinks` is cut. Headers are cleaned like cells, and never read as markup: the name of a
    metric may stand there.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown, cells = [clean(header) for header in headers], [[clean(cell) for cell in row] for row in rows]
    if give_way and _is_terminal():
        shown, cells = _fitted(shown, cells, give_way, shrinks)
    columns = [[drawable(text) for text in (header, *column)] for header, *column in zip(shown, *cells, strict=True)]
    columns = [_to_the_right(each) if header in right else each for header, each in zip(shown, columns, strict=True)]
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    for header, *_ in columns:
        table.add_column(Text(header), no_wrap=True, overflow="ignore")
    for row in zip(*(column[1:] for column in columns), strict=True):
        table.add_row(*map(Text, row))
    Console(highlight=False, width=_WIDE).print(table, crop=False)


def _to_the_right(column: Sequence[str]) -> list[str]:
    """Fill cells from the left: Rich aligns no column whose overflow it is to ignore."""
    from rich.cells import cell_len

    width = max(map(cell_len, column))
    return [" " * (width - cell_len(cell)) + cell for cell in column]


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _fitted(
    headers: list[str], rows: list[list[str]], give_way: Sequence[str], shrinks: str
) -> tuple[list[str], list[list[str]]]:
    """Leave out columns until a table fits the terminal, and cut one when that does not do."""
    from rich.cells import cell_len, set_cell_size

    columns = {header: [row[at] for row in rows] for at, header in enumerate(headers)}
    widths = {header: max(map(cell_len, (header, *cells))) for header, cells in columns.items()}

    def excess() -> int:
        return sum(width + _GAP for width in widths.values()) - _GAP - shutil.get_terminal_size().columns

    left_out = []
    for header in give_way:
        if excess() > 0 and header in widths:
            del widths[header]
            left_out.append(header)
    room = max(_LEAST, widths.get(shrinks, 0) - max(0, excess()))
    if shrinks in widths and room < widths[shrinks]:
        columns[shrinks] = [
            cell if cell_len(cell) <= room else set_cell_size(cell, room - 1).rstrip() + "…"
            for cell in columns[shrinks]
        ]
    if left_out:
        tell(f"Not shown at this width: {', '.join(left_out)}.")
    return list(widths), [list(row) for row in zip(*(columns[header] for header in widths), strict=True)]


def print_unexpected(error: Exception) -> None:
    """Say in a sentence that something unforeseen happened, and where the traceback was written."""
    text = redact("".join(traceback.format_exception(error)))
    where = _write_traceback(text)
    print_problem(
        Problem(
            "Something unforeseen happened",
            f"{type(error).__name__}: {error}",
            f"The details are in {where}; runs that are under way go on." if where else "Runs under way go on.",
        )
    )


def _write_traceback(text: str) -> Path | None:
    """Write a traceback where the user's state lies, else among the temporary files; None when neither works."""
    import platformdirs

    from bertft_tui.core.paths import APP_NAME

    for folder in (platformdirs.user_state_path(APP_NAME), Path(tempfile.gettempdir())):
        path = folder / time.strftime(f"bertft-tui-error-%Y%m%d-%H%M%S-{os.getpid()}.txt")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except OSError:
            continue
        return path
    return None
