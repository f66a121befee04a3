"""What happened in a run: its events, attempts, requests, checkpoints and predictions."""

import math
import zlib
from contextlib import suppress
from dataclasses import fields
from typing import Any

from sqlalchemy import Row, select

from bertft_tui.core.store.database import Database
from bertft_tui.core.store.predictions import LabelCounts, Predictions, count_labels, unpack
from bertft_tui.core.store.records import (
    AttemptRecord,
    CheckpointRecord,
    EvaluationRecord,
    EventRecord,
    RequestRecord,
)
from bertft_tui.core.store.soundness import EVALUATION_SHAPE, Shape, numbers
from bertft_tui.core.store.tables import (
    ATTEMPT,
    CHECKPOINT,
    EVALUATION,
    EVALUATION_PREDICTION,
    EVENT,
    PREDICTION,
    REQUEST,
    RUN,
)

_EVENT_SHAPE = Shape(tuple(EVENT.c))
_ATTEMPT_SHAPE = Shape(tuple(ATTEMPT.c))
_CHECKPOINT_SHAPE = Shape(tuple(CHECKPOINT.c))
_REQUEST_SHAPE = Shape(tuple(REQUEST.c))


def events(db: Database, run_id: str, *, limit: int = 1000, after: int = 0, kind: str = "") -> list[EventRecord]:
    """Return the newest events of a run, in the order in which they happened: those after a number, of one type."""
    query = select(EVENT).join(RUN, RUN.c.key == EVENT.c.run_key).where(RUN.c.id == run_id, EVENT.c.seq > after)
    if kind:
        query = query.where(EVENT.c.type == kind)
    with db.read() as connection:
        rows = connection.execute(query.order_by(EVENT.c.seq.desc()).limit(limit)).all()
    return [
        EventRecord(seq=row.seq, time=row.time, type=row.type, fields=row.fields)
        for row in reversed(_EVENT_SHAPE.rows(rows))
    ]


def attempts(db: Database, run_id: str) -> list[AttemptRecord]:
    """Return the processes of a run, first to last."""
    query = select(ATTEMPT).join(RUN, RUN.c.key == ATTEMPT.c.run_key).where(RUN.c.id == run_id)
    with db.read() as connection:
        rows = _ATTEMPT_SHAPE.rows(connection.execute(query.order_by(ATTEMPT.c.number)).all())
    return [AttemptRecord(**{each.name: getattr(row, each.name) for each in fields(AttemptRecord)}) for row in rows]


def last_attempt(db: Database, run_id: str) -> AttemptRecord | None:
    """Return the newest process of a run; None when it had none."""
    return next(iter(reversed(attempts(db, run_id))), None)


def requests(db: Database, run_id: str) -> list[RequestRecord]:
    """Return what was asked of a run and by whom, first to last."""
    query = select(REQUEST).join(RUN, RUN.c.key == REQUEST.c.run_key).where(RUN.c.id == run_id)
    with db.read() as connection:
        rows = _REQUEST_SHAPE.rows(connection.execute(query.order_by(REQUEST.c.key)).all())
    return [RequestRecord(row.kind, row.requested_at, row.requested_by, row.closed_at) for row in rows]


def checkpoints(db: Database, run_id: str) -> list[CheckpointRecord]:
    """Return the checkpoints that a run announced, by step."""
    query = select(CHECKPOINT).join(RUN, RUN.c.key == CHECKPOINT.c.run_key).where(RUN.c.id == run_id)
    with db.read() as connection:
        rows = _CHECKPOINT_SHAPE.rows(connection.execute(query.order_by(CHECKPOINT.c.step)).all())
    return [
        CheckpointRecord(**{each.name: getattr(row, each.name) for each in fields(CheckpointRecord)}) for row in rows
    ]


def predictions(db: Database, run_id: str) -> Predictions | None:
    """Return what the best checkpoint said about each evaluation example; None without any that can be read."""
    return _unpacked(_prediction(db, run_id))


def tested_predictions(db: Database, run_id: str) -> Predictions | None:
    """Return what a checkpoint said about each example when it was last scored on its run's test split.

    None where it never was, or by an older version, which kept no predictions.
    """
    newest = select(EVALUATION.c.key).join(RUN, RUN.c.key == EVALUATION.c.run_key)
    newest = newest.where(RUN.c.id == run_id, EVALUATION.c.is_test).order_by(EVALUATION.c.key.desc()).limit(1)
    kept = EVALUATION_PREDICTION
    with db.read() as connection:
        row = connection.execute(select(kept).where(kept.c.evaluation_key == newest.scalar_subquery())).first()
    return _unpacked(row)


def label_counts(db: Database, run_id: str) -> LabelCounts | None:
    """Count the classes that the evaluation examples have, and those predicted; None where nothing tells."""
    row = _prediction(db, run_id)
    with suppress(*_BROKEN):
        return None if row is None else count_labels(row)
    return None


#: What reading arrays raises that some other program wrote.
_BROKEN = (zlib.error, ValueError, TypeError, KeyError)


def _unpacked(row: Row[Any] | None) -> Predictions | None:
    with suppress(*_BROKEN):
        return None if row is None else unpack(row)
    return None


def _prediction(db: Database, run_id: str) -> Row[Any] | None:
    query = select(PREDICTION).join(RUN, RUN.c.key == PREDICTION.c.run_key).where(RUN.c.id == run_id)
    with db.read() as connection:
        return connection.execute(query).first()


def evaluations(db: Database, run_id: str) -> list[EvaluationRecord]:
    """Return what a run scored when it was evaluated again after training, first to last."""
    query = select(EVALUATION).join(RUN, RUN.c.key == EVALUATION.c.run_key).where(RUN.c.id == run_id)
    with db.read() as connection:
        rows = connection.execute(query.order_by(EVALUATION.c.key)).all()
    return [
        EvaluationRecord(
            step=row.step,
            dataset=row.dataset,
            split=row.split,
            is_test=row.is_test,
            rows=row.rows,
            metrics={name: math.nan if value is None else value for name, value in numbers(row.metrics).items()},
            created_at=row.created_at,
        )
        for row in EVALUATION_SHAPE.rows(rows)
    ]
