"""How a worker takes a run: its start ticket says that it may, its lock that nobody else is at it."""

import time
from pathlib import Path
from typing import BinaryIO

from bertft_tui.core.locks import hold
from bertft_tui.core.paths import RunDirectory

#: Seconds that a worker waits for another one that came too late, or is on its way out, to let the run go.
PATIENCE = 10.0

ANOTHER = "Another worker has this run."
TOO_LATE = "Somebody else took the ticket for this attempt."


def take_run(run: RunDirectory, ticket: Path, *, patience: float = PATIENCE) -> BinaryIO | str:
    """Take a run's lock and then the ticket; return the lock, or why this process has nothing to do here.

    The ticket is looked at first: a process that comes when another launch has taken its place touches nothing.
    A disk that is full or read-only just now is waited for, too.

    Raises OSError when it stays so.
    """
    deadline = time.monotonic() + patience
    while ticket.exists():
        refusal = None
        try:
            if (lock := _take(run, ticket)) is not None:
                return lock
        except FileNotFoundError:
            break
        except OSError as error:
            refusal = error
        if time.monotonic() > deadline:
            if refusal is not None:
                raise refusal
            return ANOTHER
        time.sleep(0.02)
    return TOO_LATE


def _take(run: RunDirectory, ticket: Path) -> BinaryIO | None:
    """Take the lock and use the ticket up; None when another process has the lock. Raises OSError, with none held."""
    lock = hold(run.lock)
    if lock is not None:
        try:
            ticket.unlink()
        except OSError:
            lock.close()
            raise
    return lock
