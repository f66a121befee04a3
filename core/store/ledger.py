"""What the scheduler writes: the life of runs, from the queue to their end."""

import time
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bertft_tui.core import hub_environment
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import Problem
from bertft_tui.core.store import revision
from bertft_tui.core.store.boots import notice_boot
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.places import last_place
from bertft_tui.core.store.predictions import Predictions, pack
from bertft_tui.core.store.soundness import Shape, problem_of, read_config
from bertft_tui.core.store.status import TRANSITIONS, Request, RunStatus, read_status
from bertft_tui.core.store.tables import ANNOTATION, ATTEMPT, PREDICTION, REQUEST, RUN

_RUN_SHAPE = Shape(tuple(RUN.c), lists=("labels",))


@dataclass(frozen=True)
class Job:
    """A run as the scheduler sees it."""

    key: int
    id: str
    config: RunConfig
    status: RunStatus
    attempt: int
    device: str | None
    journal_offset: int
    journal_seq: int
    hub_environment: dict[str, str] | None = None
    adjustments: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None  # what of its row could not be read: such a run is not started


@dataclass(frozen=True)
class OpenRequest:
    """A request that is not yet done."""

    key: int
    run_key: int
    kind: Request


# Made once: a scheduler asks several times a second.
_JOBS = select(RUN).where(RUN.c.status.in_(bindparam("statuses", expanding=True)))
_JOBS = _JOBS.order_by(RUN.c.queued_at, RUN.c.key)
_OPEN_REQUESTS = select(REQUEST).where(REQUEST.c.closed_at.is_(None)).order_by(REQUEST.c.key)


def jobs(db: Database, *statuses: RunStatus) -> list[Job]:
    """Return the runs in these statuses, in the order of the queue."""
    with db.read() as connection:
        return [_job(row) for row in connection.execute(_JOBS, {"statuses": statuses})]


def job(db: Database, key: int) -> Job:
    """Return one run by its key."""
    with db.read() as connection:
        return _job(connection.execute(select(RUN).where(RUN.c.key == key)).one())


def find_job(db: Database, key: int) -> Job | None:
    """Return one run by its key; None when it was purged."""
    with db.read() as connection:
        row = connection.execute(select(RUN).where(RUN.c.key == key)).first()
        return None if row is None else _job(row)


def open_requests(db: Database) -> list[OpenRequest]:
    """Return the requests that wait, in the order in which they were made."""
    with db.read() as connection:
        return [OpenRequest(row.key, row.run_key, Request(row.kind)) for row in connection.execute(_OPEN_REQUESTS)]


def close_request(db: Database, request: OpenRequest) -> None:
    """Close a request that can no longer be carried out: the run went on to another status meanwhile."""
    with db.write() as connection:
        connection.execute(update(REQUEST).where(REQUEST.c.key == request.key).values(closed_at=time.time()))
        _set(connection, request.run_key)


def take(db: Database, run: Job, device: str, reason: str, *, offset: int | None = None) -> int:
    """Take a run out of the queue for a device: from now on it is `starting`. Returns the attempt's number.

    `offset`: where the new attempt's lines will begin in the journal, if not where the store has read to.
    """
    number = run.attempt + 1
    with db.write() as connection:
        _move(
            connection,
            run.key,
            RunStatus.STARTING,
            attempt=number,
            device=device,
            device_reason=reason,
            error=None,
            journal_offset=run.journal_offset if offset is None else offset,
        )
        row = {"run_key": run.key, "number": number, "started_at": time.time(), "device": device, "versions": {}}
        row["adjustments"] = run.adjustments or None
        connection.execute(insert(ATTEMPT).values(row))
    return number


def put_back(db: Database, run: Job) -> None:
    """Put a run that was taken, but whose process never began, back in its place in the queue."""
    with db.write() as connection:
        connection.execute(ATTEMPT.delete().where(ATTEMPT.c.run_key == run.key, ATTEMPT.c.number == run.attempt))
        _move(connection, run.key, RunStatus.QUEUED, attempt=run.attempt - 1, device=None)


def requeue(db: Database, run_key: int) -> None:
    """Put an ended run at the end of the queue, to go on from its checkpoint.

    It keeps the adjustments of its attempts; how often it may be tried again by itself counts anew.
    """
    with db.write() as connection:
        row = connection.execute(
            select(RUN.c.earlier_seconds, RUN.c.attempt_seconds).where(RUN.c.key == run_key)
        ).one()
        _move(
            connection,
            run_key,
            RunStatus.QUEUED,
            queued_at=last_place(connection),
            ended_at=None,
            error=None,
            retries=None,
            earlier_seconds=row.earlier_seconds + row.attempt_seconds,
            attempt_seconds=0.0,
            attempt_monotonic=None,
        )
        _close_requests(connection, run_key, *Request)


def end(
    db: Database,
    run_key: int,
    status: RunStatus,
    *,
    problem: Problem | None = None,
    exit_code: int | None = None,
    exit_signal: int | None = None,
) -> None:
    """Write how a run ended, unless its journal has said so already; the exit is noted in any case.

    A process may end after its run was purged: then there is nothing to write.
    """
    with db.write() as connection:
        about = select(RUN.c.status, RUN.c.attempt, RUN.c.attempt_seconds).where(RUN.c.key == run_key)
        run = connection.execute(about).first()
        if run is None:
            return
        before, _ = read_status(run.status)
        if not before.is_finished:
            values: dict[str, Any] = {"error": problem.as_dict()} if problem else {}
            _move(connection, run_key, status, ended_at=time.time(), **values)
        if before is not RunStatus.QUEUED:
            outcome = before if before.is_finished else status
            connection.execute(
                update(ATTEMPT)
                .where(ATTEMPT.c.run_key == run_key, ATTEMPT.c.number == run.attempt)
                .values(
                    outcome=func.coalesce(ATTEMPT.c.outcome, outcome),  # a run may be stopped between two attempts
                    exit_code=exit_code,
                    exit_signal=exit_signal,
                    ended_at=time.time(),
                    seconds=run.attempt_seconds,
                )
            )
        _close_requests(connection, run_key, Request.STOP, Request.CANCEL)


def note_exit(db: Database, run_key: int, exit_code: int | None, exit_signal: int | None) -> None:
    """Note how the process of a failed attempt went away whose run already waits to be tried again."""
    number = select(RUN.c.attempt).where(RUN.c.key == run_key).scalar_subquery()
    mine = update(ATTEMPT).where(ATTEMPT.c.run_key == run_key, ATTEMPT.c.number == number)
    with db.write() as connection:
        connection.execute(mine.values(exit_code=exit_code, exit_signal=exit_signal))
        _set(connection, run_key)


def save_predictions(db: Database, run_key: int, predictions: Predictions) -> None:
    """Keep what the best checkpoint said; a later attempt's replace an earlier one's. A purged run keeps nothing."""
    with db.write() as connection:
        if connection.execute(select(RUN.c.key).where(RUN.c.key == run_key)).first() is None:
            return
        connection.execute(PREDICTION.delete().where(PREDICTION.c.run_key == run_key))
        connection.execute(insert(PREDICTION).values(run_key=run_key, **pack(predictions)))
        _set(connection, run_key)


def note_boot(db: Database, boot_id: str) -> None:
    """Pause the queue when the machine was restarted since the last time and runs wait."""
    with db.write() as connection:
        notice_boot(connection, boot_id)


@dataclass(frozen=True)
class About:
    """What only the store knows of a run, as it goes into the run's directory: a rebuilt store reads it there."""

    name: str
    created_at: float
    experiment: str | None = None
    parent: str | None = None
    change_note: str | None = None
    hub_environment: dict[str, str] | None = None


def about(db: Database, key: int) -> About:
    """Return what the store knows of a run that its directory does not say."""
    columns = [ANNOTATION.c.name, *(RUN.c[each.name] for each in fields(About) if each.name in RUN.c)]
    query = select(*columns).join(ANNOTATION, ANNOTATION.c.run_key == RUN.c.key).where(RUN.c.key == key)
    with db.read() as connection:
        row, _ = Shape(columns).read(connection.execute(query).one())
    return About(**{each.name: getattr(row, each.name) for each in fields(About)})


def _job(found: Any) -> Job:
    row, odd = _RUN_SHAPE.read(found)
    config, passed_over = read_config(row.config)
    status, unknown = read_status(row.status)
    return Job(
        key=row.key,
        id=row.id,
        config=config,
        status=status,
        problem=problem_of(odd, passed_over, unknown),
        attempt=row.attempt,
        device=row.device,
        journal_offset=row.journal_offset,
        journal_seq=row.journal_seq,
        hub_environment=hub_environment.only_known(row.hub_environment),
        adjustments=row.adjustments or {},
    )


def _move(connection: Connection, run_key: int, status: RunStatus, **values: Any) -> None:
    """Change a run's status, if the table of transitions has that step."""
    before = read_status(connection.execute(select(RUN.c.status).where(RUN.c.key == run_key)).scalar_one())[0]
    if status not in TRANSITIONS[before]:
        raise ValueError(f"a run does not go from {before} to {status}")
    _set(connection, run_key, status=status, **values)


def _close_requests(connection: Connection, run_key: int, *kinds: Request) -> None:
    """Close a run's open requests of these kinds: what was asked for has happened, or no longer can."""
    mine = update(REQUEST).where(
        REQUEST.c.run_key == run_key, REQUEST.c.closed_at.is_(None), REQUEST.c.kind.in_(kinds)
    )
    connection.execute(mine.values(closed_at=time.time()))


def _set(connection: Connection, run_key: int, **values: Any) -> None:
    connection.execute(
        update(RUN).where(RUN.c.key == run_key).values(revision=revision.advance(connection), **values)
    )
