"""What every writer of run rows needs: finding one by its id, and keys that are never used twice."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from bertft_tui.core.errors import UnknownRunError
from bertft_tui.core.store import revision
from bertft_tui.core.store.status import RunStatus, read_status
from bertft_tui.core.store.tables import ANNOTATION, RUN

_PURGED_KEY = "purged_key"


class RunRow(NamedTuple):
    """What decides whether a run can be changed."""

    key: int
    status: RunStatus
    trashed_at: float | None


def find_row(connection: Connection, run_id: str) -> RunRow:
    """Find a run by its whole id. Raises UnknownRunError."""
    query = select(RUN.c.key, RUN.c.status, ANNOTATION.c.trashed_at).join(ANNOTATION).where(RUN.c.id == run_id)
    row = connection.execute(query).first()
    if row is None:
        raise UnknownRunError(
            "No such run", f"There is no run with the id {run_id!r}.", "`bertft-tui list` shows all."
        )
    return RunRow(row.key, read_status(row.status)[0], row.trashed_at)


def touch(connection: Connection, key: int) -> None:
    """Let readers see that a run has changed."""
    connection.execute(update(RUN).where(RUN.c.key == key).values(revision=revision.advance(connection)))


def next_key(connection: Connection) -> int:
    """Return a key that no run has or had: a scheduler may still hold that of a run which was purged meanwhile."""
    newest = connection.scalar(select(func.max(RUN.c.key))) or 0
    return max(newest, int(revision.read_meta(connection, _PURGED_KEY) or 0)) + 1


def never_again(connection: Connection, key: int) -> None:
    """Note a key whose run is about to go."""
    noted = int(revision.read_meta(connection, _PURGED_KEY) or 0)
    revision.write_meta(connection, _PURGED_KEY, str(max(noted, key)))
