"""What a rebuilt store is given: runs from their directories, attempts from their journals, and honest endings."""

import time
from typing import Any

from sqlalchemy import insert, select, update

from bertft_tui.core.errors import Problem
from bertft_tui.core.store import revision
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.ledger import About
from bertft_tui.core.store.models import Run
from bertft_tui.core.store.rows import next_key
from bertft_tui.core.store.settings import keep_settings
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.store.tables import ANNOTATION, ATTEMPT, EVENT, REQUEST, RUN


def add_run(db: Database, run_id: str, config: dict[str, Any], about: About) -> int:
    """Make the row of a run that only its directory knows; return its key. Its journal says what became of it."""
    known = {name: value for name, value in vars(about).items() if name != "name"}
    run = Run(id=run_id, config=config, queued_at=about.created_at, status=RunStatus.STARTING, **known)
    with db.write() as connection:
        key = next_key(connection)
        row = run.model_dump() | {"key": key, "revision": revision.advance(connection)}
        connection.execute(insert(RUN).values(row))
        keep_settings(connection, key, key)
        connection.execute(insert(ANNOTATION).values(run_key=key, name=about.name, note="", tags=[]))
    return key


def begin_attempt(db: Database, run_key: int, number: int, started_at: float, fields: dict[str, Any]) -> None:
    """Count one more attempt, as a scheduler did when it started it. `fields`: what the attempt said of itself."""
    device, reason = (str(fields[name]) if fields.get(name) else None for name in ("device", "device_reason"))
    with db.write() as connection:
        run = connection.execute(select(RUN).where(RUN.c.key == run_key)).one()
        values = {
            "status": RunStatus.STARTING,
            "attempt": number,
            "device": device,
            "device_reason": reason,
            "error": None,
            "ended_at": None,
            "earlier_seconds": run.earlier_seconds + run.attempt_seconds,
            "attempt_seconds": 0.0,
            "attempt_monotonic": None,
            "revision": revision.advance(connection),
        }
        connection.execute(update(RUN).where(RUN.c.key == run_key).values(values))
        open_ones = update(ATTEMPT).where(ATTEMPT.c.run_key == run_key, ATTEMPT.c.outcome.is_(None))
        connection.execute(open_ones.values(outcome=RunStatus.LOST, seconds=run.attempt_seconds))
        row: dict[str, Any] = {
            "run_key": run_key,
            "number": number,
            "started_at": started_at,
            "device": device,
            "versions": {},
        }
        connection.execute(insert(ATTEMPT).values(row))


def mark_lost(db: Database, run_key: int, problem: Problem) -> None:
    """Let a run without a process end where its journal does."""
    with db.write() as connection:
        run = connection.execute(select(RUN).where(RUN.c.key == run_key)).one()
        newest = select(EVENT.c.time).where(EVENT.c.run_key == run_key).order_by(EVENT.c.seq.desc()).limit(1)
        ended_at = connection.scalar(newest) or run.created_at
        values = {"status": RunStatus.LOST, "error": problem.as_dict(), "ended_at": ended_at}
        connection.execute(
            update(RUN).where(RUN.c.key == run_key).values(**values, revision=revision.advance(connection))
        )
        open_ones = update(ATTEMPT).where(ATTEMPT.c.run_key == run_key, ATTEMPT.c.outcome.is_(None))
        ending = {"outcome": RunStatus.LOST, "ended_at": ended_at, "seconds": run.attempt_seconds}
        connection.execute(open_ones.values(ending))


def close_requests(db: Database) -> None:
    """Close what was asked for before the backup was made: it may have been done, or taken back, since."""
    with db.write() as connection:
        connection.execute(update(REQUEST).where(REQUEST.c.closed_at.is_(None)).values(closed_at=time.time()))
