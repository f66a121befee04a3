"""A run's log: everything, and with `--follow` what is added to it."""

import time
from pathlib import Path
from typing import BinaryIO

from bertft_tui.core.redaction import redact
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli.output import tell
from bertft_tui.tui.format import clean
from bertft_tui.tui.warm_choice import ensure_scheduler

#: Bytes of one line that are shown; a longer one goes on in the next.
LINE = 4000
INTERVAL = 0.25


def print_log(db: Database, name: str, *, follow: bool) -> None:
    """Print a run's log; with `follow` go on until the run has ended. Raises UnknownRunError."""
    run = queries.find_run(db, name)
    path = db.path.run(run.id).log
    try:
        if follow:
            _follow(db, run.id, path)
        elif path.exists():
            with path.open("rb") as file:
                _print_rest(file)
        else:
            why = "but its log is not here" if run.status.is_finished else "and has no log yet"
            tell(f"{run.id} ({run.name}) is {run.status} {why}: {path}.")
    except KeyboardInterrupt:
        tell("The run goes on.")


def _follow(db: Database, run_id: str, path: Path) -> None:
    """Print what is there and what comes, until the run has ended and all was printed."""
    offset, looked = 0, 0.0
    while True:
        ended = queries.get_run(db, run_id).status.is_finished  # before reading: what came last is then printed
        if path.exists():
            with path.open("rb") as file:
                file.seek(offset if offset <= path.stat().st_size else 0)  # a log that grew long is begun anew
                _print_rest(file)
                offset = file.tell()
        if ended:
            return
        if time.monotonic() - looked > 2:
            ensure_scheduler(db)
            looked = time.monotonic()
        time.sleep(INTERVAL)


def _print_rest(file: BinaryIO) -> None:
    """Print a file from where it stands, line by line; of a line that was written over, its last state.

    A worker hides secrets in what Python prints; what native code prints goes past it, and is hidden here.
    """
    while line := file.readline(LINE):
        text = line.decode("utf-8", errors="replace").rstrip("\r\n").rpartition("\r")[2]
        print(clean(redact(text), limit=LINE), flush=True)
