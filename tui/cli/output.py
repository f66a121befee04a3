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

from bertft_tui.core.errors import Problem
from bertft_tui.core.redaction import redact
from bertft_tui.tui.format import clean

#: Cells. Tables take the width they need; the terminal breaks what is too long for it.
_WIDE = 10_000


def print_json(document: Any) -> None:
    """Print one JSON document, all in ASCII: no terminal is steered by what stands in it."""
    print(json.dumps(document, indent=2, allow_nan=False))


def say(text: str) -> None:
    """Print a line on stdout, cleaned of whatever could steer the terminal."""
    _print(text, sys.stdout)


def tell(text: str) -> None:
    """Print a line on stderr: for the person, not for the pipe."""
    _print(text, sys.stderr)


def print_problem(problem: Problem, *, label: str = "Error") -> None:
    """Print title, message and hint on stderr."""
    _print(f"{label}: {problem.title}", sys.stderr)
    for line in (*problem.message.splitlines(), *problem.hint.splitlines()):
        _print(line, sys.stderr, indent="  ")


def _print(text: str, stream: TextIO, indent: str = "") -> None:
    """Print a line; on a terminal it breaks between words, never within a path."""
    line = indent + clean(text)
    width = shutil.get_terminal_size().columns
    if stream.isatty() and len(line) > width:
        words = TextWrapper(width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
        line = "\n".join(words.wrap(line))
    print(line, file=stream)


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> None:
    """Print aligned columns. Nothing is cut: a line that is too long for the terminal goes on in the next.

    Headers are cleaned like cells, and never read as markup: the name of a metric may stand there.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for header in headers:
        table.add_column(
            Text(clean(header)), justify="right" if header in right else "left", no_wrap=True, overflow="ignore"
        )
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    Console(highlight=False, width=_WIDE).print(table, crop=False)


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
