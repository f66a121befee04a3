"""The trash: runs that nobody sees any more, and that can be taken back; and the end of their rows.

Each of these asks and writes within one transaction, so of two people who want different things of a run at the same
time one wins, and the other is told how the run stands by then.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, delete, select, update

from bertft_tui.core.errors import BertftError, RefusedError
from bertft_tui.core.store import revision
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.reserve import with_reserve
from bertft_tui.core.store.rows import RunRow, find_row, never_again, touch
from bertft_tui.core.store.status import Request, refusal_to_delete
from bertft_tui.core.store.tables import ANNOTATION, METADATA, REQUEST, RUN


def throw_away(db: Database, run_ids: Sequence[str]) -> None:
    """Move runs into the trash, all or none; their files stay. Raises UnknownRunError, RefusedError."""
    with_reserve(db.path, lambda: _throw_away(db, run_ids))


def _throw_away(db: Database, run_ids: Sequence[str]) -> None:
    with db.write() as connection:
        for run_id in run_ids:
            row = find_row(connection, run_id)
            if row.trashed_at is not None:
                raise RefusedError(
                    "This run is in the trash already", f"{run_id} was deleted before.", "`restore` takes it out."
                )
            if (refused := refusal_to_delete(row.status, resuming=_resuming(connection, row.key))) is not None:
                raise _about(run_id, refused)
            _mark(connection, row, time.time())


def take_out(db: Database, run_ids: Sequence[str]) -> None:
    """Take runs out of the trash, all or none. Raises UnknownRunError, RefusedError.

    A run whose purge was decided does not come back: its directory is doomed, and some files may have gone.
    """
    with db.write() as connection:
        for run_id in run_ids:
            row = find_row(connection, run_id)
            if row.trashed_at is None:
                raise RefusedError("This run is not in the trash", f"{run_id} is among the runs.", "It stays there.")
            if os.path.lexists(db.path.doomed(run_id)):
                raise RefusedError(
                    "This run is being purged", f"{run_id} has lost its files.", "`bertft-tui purge` finishes that."
                )
            _mark(connection, row, None)


def forget(db: Database, run_id: str, doom: Callable[[], None]) -> None:
    """Delete all rows of a run in the trash.

    `doom` moves the run's directory out of the way, within the transaction: nobody restores the run meanwhile.

    Raises UnknownRunError when they are gone already, RefusedError when the run is not in the trash.
    """
    with db.write() as connection:
        row = find_row(connection, run_id)
        if row.trashed_at is None:
            raise not_in_trash(run_id)
        doom()
        for table in reversed(METADATA.sorted_tables):
            if "run_key" in table.columns:
                connection.execute(delete(table).where(table.c.run_key == row.key))
        connection.execute(delete(RUN).where(RUN.c.key == row.key))
        never_again(connection, row.key)
        revision.note_purge(connection)


@contextmanager
def at_rest(db: Database, run_id: str) -> Iterator[bool]:
    """Say whether a run has ended, and let nobody start it again meanwhile. Raises UnknownRunError."""
    with db.write() as connection:
        yield find_row(connection, run_id).status.is_finished


def purged_at(db: Database) -> int:
    """Return the revision in which rows were last deleted: whoever read runs before has to read them anew."""
    with db.read() as connection:
        return revision.purged_at(connection)


def not_in_trash(run_id: str) -> RefusedError:
    """Say that only what is in the trash can be purged."""
    return RefusedError(
        "This run cannot be purged", f"{run_id} is not in the trash.", "Delete it first: `bertft-tui delete`."
    )


def _resuming(connection: Connection, key: int) -> bool:
    query = select(REQUEST.c.key).where(
        REQUEST.c.run_key == key, REQUEST.c.kind == Request.RESUME, REQUEST.c.closed_at.is_(None)
    )
    return connection.execute(query.limit(1)).first() is not None


def _mark(connection: Connection, row: RunRow, when: float | None) -> None:
    connection.execute(update(ANNOTATION).where(ANNOTATION.c.run_key == row.key).values(trashed_at=when))
    touch(connection, row.key)


def _about(run_id: str, error: BertftError) -> RefusedError:
    """Name the run of several that something is wrong with."""
    return RefusedError(error.problem.title, f"{run_id}: {error.problem.message}", error.problem.hint)
