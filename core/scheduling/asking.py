"""Asking something of a run: through the store, and past it where the store cannot be written."""

import os
import signal
from contextlib import suppress

from bertft_tui.core.errors import ReadOnlyStoreError, StoreError
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.scheduling.requests import place_request
from bertft_tui.core.scheduling.worker_handle import process_of
from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request

_DIRECTLY = "The store cannot be written just now, so its worker was told directly."


def ask(db: Database, run_id: str, kind: Request) -> str:
    """Ask something of a run; return words when it went past the store, else nothing.

    On a full disk a store takes no request: then who stops or cancels a run that lives tells its worker.

    Raises UnknownRunError, RefusedError, and StoreError when nobody could be told.
    """
    try:
        commands.request(db, run_id, kind)
    except ReadOnlyStoreError:
        raise
    except StoreError:
        if kind is Request.RESUME or not _tell(db.path.run(run_id), kind):
            raise
        return _DIRECTLY
    return ""


def _tell(directory: RunDirectory, kind: Request) -> bool:
    """Tell a worker by the file that it looks for, else by SIGTERM alone, which means stop; say if it was told."""
    pid = process_of(directory)
    if pid is None or pid <= 0:
        return False
    try:
        place_request(directory, kind)
    except OSError:
        if kind is not Request.STOP:
            return False
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGTERM)
        return True
    return False
