"""What this program's commands print, read again as another program would read it."""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.database import Database


def printed(folder: Path, command: Callable[[Database], None]) -> str:
    """What a command prints about the store in a folder."""
    output = io.StringIO()
    with Database.open(StorePath(folder / "experiments.db")) as db, redirect_stdout(output):
        command(db)
    return output.getvalue()
