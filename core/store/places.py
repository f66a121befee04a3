"""Places in the queue: who came first goes first, also when the clock was set back in between."""

import time

from sqlalchemy import Connection, func, select

from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.store.tables import RUN


def last_place(connection: Connection) -> float:
    """Return a place behind every run that waits: the time (seconds since the epoch), or a moment after theirs."""
    last = connection.scalar(select(func.max(RUN.c.queued_at)).where(RUN.c.status == RunStatus.QUEUED))
    return max(time.time(), (last or 0.0) + 0.001)
