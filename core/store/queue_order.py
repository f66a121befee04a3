"""The order of the runs that wait: anybody may move one, also while others do and a scheduler takes some."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from bertft_tui.core.errors import RefusedError
from bertft_tui.core.store import revision
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.rows import find_row
from bertft_tui.core.store.status import RunStatus, Where
from bertft_tui.core.store.tables import RUN

#: Seconds between two neighbours; less would come near what a float can tell apart.
_GAP = 0.001


@dataclass(frozen=True)
class Moved:
    """A run's place in the queue before and after a move, counted from 1; they are the same at either end."""

    run_id: str
    before: int
    after: int
    waiting: int  # runs in the queue


def move(db: Database, run_id: str, where: Where) -> Moved:
    """Move a waiting run by one place, or to an end.

    Raises UnknownRunError, and RefusedError when it does not wait.
    """
    with db.write() as connection:
        keys, before = _queue_of(connection, run_id)
        target = {Where.UP: before - 1, Where.DOWN: before + 1, Where.FIRST: 1, Where.LAST: len(keys)}[where]
        return _put(connection, run_id, keys, before, target)


def put_at(db: Database, run_id: str, place: int) -> Moved:
    """Put a waiting run at a place, counted from 1: so a move is undone. Raises like `move`."""
    with db.write() as connection:
        return _put(connection, run_id, *_queue_of(connection, run_id), place)


def _queue_of(connection: Connection, run_id: str) -> tuple[list[tuple[int, float]], int]:
    """The waiting runs' keys and times in their order, and the place of this one."""
    key, status, _ = find_row(connection, run_id)
    if status is not RunStatus.QUEUED:
        raise RefusedError(
            "This run cannot be moved", f"It is {status}.", "Only runs that wait have a place in the queue."
        )
    query = select(RUN.c.key, RUN.c.queued_at).where(RUN.c.status == RunStatus.QUEUED)
    rows = connection.execute(query.order_by(RUN.c.queued_at, RUN.c.key)).all()
    keys = [(int(row.key), float(row.queued_at)) for row in rows]
    return keys, 1 + [each for each, _ in keys].index(key)


def _put(connection: Connection, run_id: str, queue: list[tuple[int, float]], before: int, target: int) -> Moved:
    after = min(max(target, 1), len(queue))
    moved = Moved(run_id, before, after, len(queue))
    if after == before:
        return moved
    key = queue.pop(before - 1)[0]
    earlier = queue[after - 2][1] if after > 1 else None
    later = queue[after - 1][1] if after <= len(queue) else None
    time = _between(earlier, later)
    number = revision.advance(connection)
    if time is not None:
        _set(connection, key, time, number)
    else:
        queue.insert(after - 1, (key, 0.0))
        last = max(each for _, each in queue)
        for place, (each, old) in enumerate(reversed(queue)):
            if (spread := last - place) != old:
                _set(connection, each, spread, number)
    return moved


def _between(earlier: float | None, later: float | None) -> float | None:
    """A time between two neighbours' (None: an end of the queue); None when they are too close to each other."""
    if earlier is None or later is None:
        return later - _GAP if later is not None else (earlier or 0.0) + _GAP
    return (earlier + later) / 2 if later - earlier > 2 * _GAP else None


def _set(connection: Connection, key: int, queued_at: float, number: int) -> None:
    connection.execute(update(RUN).where(RUN.c.key == key).values(queued_at=queued_at, revision=number))
