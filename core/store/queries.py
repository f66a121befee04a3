"""What can be asked of the store. Answers are frozen records."""

import math
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, String, bindparam, func, literal_column, or_, select, union

from bertft_tui.core.errors import Problem, UnknownRunError
from bertft_tui.core.metric_names import TASK_METRICS
from bertft_tui.core.store import revision as revisions
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import MetricSummary, Progress, QueueState, RunRecord
from bertft_tui.core.store.soundness import EVALUATION_SHAPE, Shape, numbers, problem_of, read_config
from bertft_tui.core.store.status import RunStatus, read_status
from bertft_tui.core.store.tables import ANNOTATION, EVALUATION, NAME, REQUEST, RUN, SUMMARY

_SAID = (
    ANNOTATION.c.name, ANNOTATION.c.note, ANNOTATION.c.tags, ANNOTATION.c.trashed_at,
    ANNOTATION.c.pinned_at, ANNOTATION.c.baseline_at,
)  # fmt: skip
_RUN_SHAPE = Shape((*RUN.c, *_SAID, literal_column("pending", String)), lists=("labels", "tags"))
_SUMMARY_SHAPE = Shape((*SUMMARY.c, NAME.c.name))


# Made once: live runs have them asked several times a second.
_WAITING = select(RUN.c.id).where(RUN.c.status == RunStatus.QUEUED).order_by(RUN.c.queued_at, RUN.c.key)
_ANY_LOADING = (
    select(RUN.c.key)
    .where(
        (RUN.c.status == RunStatus.STARTING)
        | ((RUN.c.status == RunStatus.RUNNING) & (RUN.c.phase.is_(None) | (RUN.c.phase == "loading")))
    )
    .limit(1)
)
_ANY_RUN = select(RUN.c.key).where(RUN.c.status.in_(bindparam("statuses", expanding=True))).limit(1)
_COUNT = select(func.count()).select_from(ANNOTATION)
_IN_TRASH = ANNOTATION.c.trashed_at.is_not(None)
_NEWEST_IN_TRASH = (
    select(ANNOTATION.c.run_key).where(_IN_TRASH).order_by(ANNOTATION.c.run_key.desc()).limit(bindparam("most"))
)
_SUMMARIES = select(SUMMARY, NAME.c.name).join(NAME, NAME.c.key == SUMMARY.c.name_key)
_SUMMARIES = _SUMMARIES.where(SUMMARY.c.run_key.in_(bindparam("of_runs", expanding=True)))
_TESTED = select(EVALUATION).where(EVALUATION.c.is_test).order_by(EVALUATION.c.key)  # the newest of a run last
_TESTED = _TESTED.where(EVALUATION.c.run_key.in_(bindparam("of_runs", expanding=True)))
_ANY_REQUEST = select(REQUEST.c.key).where(REQUEST.c.closed_at.is_(None)).limit(1)


def revision(db: Database) -> int:
    """Return the number of the newest change: cheap enough to ask several times a second."""
    with db.read() as connection:
        return revisions.current(connection)


def list_runs(
    db: Database, *, limit: int | None = 500, changed_since: int | None = None, trashed: bool | None = False
) -> list[RunRecord]:
    """Return runs, newest first; with `changed_since` only those that changed after that revision.

    `trashed`: those in the trash instead of the others; None: both.
    """
    some = {"most": -1 if limit is None else limit, "since": changed_since}  # SQLite takes −1 for no limit
    with db.read() as connection:
        return _records(connection, connection.execute(_listed(changed_since is not None, trashed), some).all())


@cache  # live runs are listed several times a second
def _listed(is_since: bool, trashed: bool | None) -> Select[Any]:
    """The newest runs that changed since some revision, or all; in the trash, outside of it, or both."""
    # What has changed is found by the index of revisions: in the order of the keys all runs would be looked at.
    query = _RUNS.order_by((RUN.c.key + 0).desc() if is_since else RUN.c.key.desc()).limit(bindparam("most"))
    if trashed is not None:
        query = query.where(_IN_TRASH if trashed else ANNOTATION.c.trashed_at.is_(None))
    if trashed and not is_since:  # they are few among many: an index has them
        query = query.where(RUN.c.key.in_(_NEWEST_IN_TRASH))
    return query.where(RUN.c.revision > bindparam("since")) if is_since else query


def records(db: Database, ids: Sequence[str]) -> list[RunRecord]:
    """Return the runs with these ids, in their order; an id that there is not is passed over."""
    found: dict[str, RunRecord] = {}
    with db.read() as connection:
        for start in range(0, len(ids), 500):  # SQLite's limit on bound parameters was 999 for long
            rows = connection.execute(_RUNS.where(RUN.c.id.in_(ids[start : start + 500]))).all()
            found |= {record.id: record for record in _records(connection, rows)}
    return [found[run_id] for run_id in ids if run_id in found]


def kept_in_sight(db: Database) -> list[str]:
    """Return the ids of the runs that are pinned or the baseline: they are shown however old they are."""
    marked = or_(ANNOTATION.c.pinned_at.is_not(None), ANNOTATION.c.baseline_at.is_not(None))
    with db.read() as connection:
        return list(connection.scalars(select(RUN.c.id).join(ANNOTATION).where(marked)))


def count_shown(db: Database) -> int:
    """Return how many runs are outside the trash."""
    with db.read() as connection:  # all are counted in a small index, and those in the trash in one of their own
        return int(connection.scalar(_COUNT) or 0) - int(connection.scalar(_COUNT.where(_IN_TRASH)) or 0)


def count_runs(db: Database) -> int:
    """Return how many runs the store holds."""
    with db.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(RUN)) or 0)


def get_run(db: Database, run_id: str) -> RunRecord:
    """Return one run. Raises UnknownRunError."""
    with db.read() as connection:
        rows = connection.execute(_RUNS.where(RUN.c.id == run_id)).all()
        if not rows:
            raise UnknownRunError(
                "No such run", f"There is no run with the id {run_id!r}.", "`bertft-tui list` shows all."
            )
        return _records(connection, rows)[0]


def find_run(db: Database, text: str, *, trashed: bool = False) -> RunRecord:
    """Find a run by id, by a unique prefix of one, or by name.

    What fits runs outside the trash does not mean one in it; with `trashed` it is the other way round.

    Raises UnknownRunError; where several fit, it lists their ids.
    """
    with db.read() as connection:
        fits = connection.execute(_fitting(text)).all()
        exact = [row for row in fits if row.id == text]
        meant = [row for row in fits if (row.trashed_at is not None) == trashed]
        found = exact or meant or fits
        if len(found) == 1:
            return _records(connection, connection.execute(_RUNS.where(RUN.c.key == found[0].key)).all())[0]
        if found:
            ids = ", ".join(f"{row.id} ({row.name})" for row in found[:8])
            raise UnknownRunError("Several runs fit", f"{text!r} could be {ids}.", "Give more of the id.")
        raise UnknownRunError("No such run", f"No run has the id or name {text!r}.", _nearest(connection, text))


def _fitting(text: str) -> Select[Any]:
    """The runs whose ids begin with a text in any case, and those that are called so, newest first.

    Two questions, each answered by an index. Ids are made of small letters and digits.
    """
    low = text.lower()
    begins = RUN.c.id.between(low, low + "\U0010ffff") if text else RUN.c.id == ""
    keys = union(select(RUN.c.key).where(begins), select(ANNOTATION.c.run_key).where(ANNOTATION.c.name == text))
    said = select(RUN.c.key, RUN.c.id, ANNOTATION.c.name, ANNOTATION.c.trashed_at).join(ANNOTATION)
    return said.where(RUN.c.key.in_(keys)).order_by(RUN.c.key.desc())


def queue_state(db: Database) -> QueueState:
    """Return whether the queue is paused, why, and who waits in which order."""
    with db.read() as connection:
        reason = revisions.read_meta(connection, "paused") or ""
        return QueueState(bool(reason), reason, tuple(connection.scalars(_WAITING)))


def ids_with(db: Database, status: RunStatus) -> tuple[str, ...]:
    """Return the ids of the runs in a status."""
    with db.read() as connection:
        return tuple(connection.scalars(select(RUN.c.id).where(RUN.c.status == status)))


def has_work(db: Database) -> bool:
    """Say whether a scheduler would find something to do: a run that lives or may start, an open request."""
    with db.read() as connection:
        paused = bool(revisions.read_meta(connection, "paused"))
        statuses = [RunStatus.STARTING, RunStatus.RUNNING] + ([] if paused else [RunStatus.QUEUED])
        found = connection.execute(_ANY_RUN, {"statuses": statuses}).first()
        return found is not None or connection.execute(_ANY_REQUEST).first() is not None


def is_any_loading(db: Database) -> bool:
    """Say whether a run's process is so young that it loads: libraries first of all."""
    with db.read() as connection:
        return connection.execute(_ANY_LOADING).first() is not None


def sqlite_version() -> str:
    """Return the version of the SQLite library in use."""
    return sqlite3.sqlite_version


def _runs() -> Select[Any]:
    pending = (
        select(REQUEST.c.kind)
        .where(REQUEST.c.run_key == RUN.c.key, REQUEST.c.closed_at.is_(None))
        .order_by(REQUEST.c.key.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(RUN, *_SAID, pending.label("pending")).join(ANNOTATION, ANNOTATION.c.run_key == RUN.c.key)


_RUNS = _runs()  # made once: live runs are read several times a second


def _records(connection: Connection, rows: Iterable[Row[Any]]) -> list[RunRecord]:
    rows = list(rows)
    metrics = _summaries(connection, [row.key for row in rows])
    return [_record(row, metrics[row.key]) for row in rows]


def _summaries(connection: Connection, keys: list[int]) -> dict[int, dict[str, MetricSummary]]:
    found: dict[int, dict[str, MetricSummary]] = defaultdict(dict)
    for start in range(0, len(keys), 500):  # SQLite's limit on bound parameters was 999 for long
        part = {"of_runs": keys[start : start + 500]}
        # Of many runs there are thousands: each is taken apart by the places of its cells.
        for row in connection.execute(_SUMMARIES, part).all():
            (run_key, _, count, last, *others, name), _ = _SUMMARY_SHAPE.cells(row)
            found[run_key][name] = MetricSummary(name, count, math.nan if last is None else last, *others)
        for row in EVALUATION_SHAPE.rows(connection.execute(_TESTED, part).all()):
            found[row.run_key] |= _test_metrics(row)
    return found


def _test_metrics(row: Any) -> dict[str, MetricSummary]:
    """What `evaluate` found on the test split stands among the metrics, as `test_accuracy`, …: one point each."""
    step = row.step
    return {
        f"test_{name}": MetricSummary(
            name=f"test_{name}",
            count=1,
            last=math.nan if value is None else value,
            last_step=step,
            minimum=value,
            minimum_step=None if value is None else step,
            maximum=value,
            maximum_step=None if value is None else step,
        )
        for name, value in numbers(row.metrics).items()
    }


def _record(found: Row[Any], metrics: dict[str, MetricSummary]) -> RunRecord:
    row, odd = _RUN_SHAPE.read(found)
    status, unknown = read_status(row.status)
    config, passed_over = read_config(row.config)
    return RunRecord(
        id=row.id,
        name=row.name,
        status=status,
        phase=row.phase if status.is_alive else None,
        phase_detail=row.phase_detail if status.is_alive else None,
        config=config,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at if status.is_finished else None,
        duration_seconds=_duration(row, status),
        device=row.device,
        device_reason=row.device_reason,
        progress=Progress(
            step=row.step,
            max_steps=row.max_steps,
            epoch=row.epoch,
            steps_per_epoch=row.steps_per_epoch,
            samples_per_second=row.samples_per_second,
            evaluated=None if row.evaluated is None else (row.evaluated, row.to_evaluate or 0),
        ),
        metrics=metrics,
        error=_error(row.error) or problem_of(odd, passed_over, unknown),
        experiment=row.experiment,
        parent=row.parent,
        change_note=row.change_note,
        tags=tuple(map(str, row.tags)),
        note=row.note,
        attempt=row.attempt,
        labels=tuple(map(str, row.labels)),
        problem_type=row.problem_type if row.problem_type in TASK_METRICS else None,
        train_rows=row.train_rows,
        eval_rows=row.eval_rows,
        adjustments=row.adjustments or {},
        not_finite_step=row.not_finite_step,
        diverged_step=row.diverged_step,
        trashed_at=row.trashed_at,
        pinned_at=row.pinned_at,
        baseline_at=row.baseline_at,
        pending_request=row.pending,
        revision=row.revision,
    )


def _error(stored: dict[str, Any] | None) -> Problem | None:
    if not stored:
        return None
    return Problem(*(str(stored.get(part, "")) for part in ("title", "message", "hint")))


def _duration(row: Any, status: RunStatus) -> float:
    """All attempts together; a live one counts on by the monotonic clock, which no clock change moves."""
    seconds = row.attempt_seconds
    if status is RunStatus.RUNNING and row.attempt_monotonic is not None:
        seconds = max(seconds, time.monotonic() - row.attempt_monotonic)
    return float(row.earlier_seconds + seconds)


def _nearest(connection: Connection, text: str) -> str:
    from difflib import get_close_matches

    names = connection.execute(
        select(RUN.c.id, ANNOTATION.c.name).join(ANNOTATION).order_by(RUN.c.key.desc()).limit(1000)
    ).all()
    near = get_close_matches(text, [value for row in names for value in row], n=1, cutoff=0.5)
    return f"Did you mean {near[0]!r}?" if near else "`bertft-tui list` shows all runs."
