"""Events of a journal into rows. Idempotent: an event that is already in the store changes nothing."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from bertft_tui.core import adjustments
from bertft_tui.core.boot import boot_id
from bertft_tui.core.journal import CLOSING, MAX_SEQ, Event
from bertft_tui.core.store import revision
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.event_fields import given, optional_number, optional_whole, text, whole
from bertft_tui.core.store.points import NewPoint, add_points
from bertft_tui.core.store.soundness import read_config
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.store.tables import ATTEMPT, CHECKPOINT, EVENT, RUN, VITAL
from bertft_tui.core.vitals import VITALS

#: Values that make a run's weights worthless when they are no numbers. A gradient under fp16 may be infinite now and
#: then by design: the worker says when it is not.
_LOSSES = frozenset({"loss", "eval_loss"})

#: The columns that hold the first step at which something went wrong, by the reason of a run that ended for it. A
#: warning names them as they are.
_FIRST_STEPS = {adjustments.NOT_FINITE: "not_finite_step", adjustments.DIVERGED: "diverged_step"}

# Made once: live runs have them executed many times a second.
_RUN = select(RUN).where(RUN.c.key == bindparam("of_run"))
_CHANGE_RUN = update(RUN).where(RUN.c.key == bindparam("of_run"))


@dataclass
class Intake:
    """What a batch of events adds up to, before it is written."""

    run: Any  # the run's row as it was
    columns: dict[str, Any] = field(default_factory=dict)  # of the run
    attempt: dict[str, Any] = field(default_factory=dict)  # of the run's present attempt
    points: list[NewPoint] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    vitals: list[dict[str, Any]] = field(default_factory=list)
    checkpoints: list[dict[str, Any]] = field(default_factory=list)
    began_in: str | None = (
        None  # the boot in which its present attempt began, as known before; read when it may go on
    )

    @property
    def boot_id(self) -> str | None:
        """Return the boot of the machine in which the run's present attempt began; None when it is not known."""
        boot: str | None = self.attempt.get("boot_id", self.began_in)
        return boot

    @property
    def milliseconds(self) -> int:
        """The run's own time at the newest event, all attempts together."""
        lasted: float = self.columns.get("attempt_seconds", self.run.attempt_seconds)
        return round(1000 * (float(self.run.earlier_seconds) + lasted))


def take_in(db: Database, run_key: int, batch: Sequence[Event], offset: int) -> None:
    """Write a batch of one run's events, and the journal's offset behind them, in one transaction.

    A run that was purged meanwhile takes in nothing.
    """
    with db.write() as connection:
        run = connection.execute(_RUN, {"of_run": run_key}).first()
        if run is None:
            return
        may_go_on = any(event.type == RunStatus.FAILED for event in batch)
        began_in = _boot_of_attempt(connection, run) if may_go_on else None
        intake = Intake(run, {"journal_offset": offset}, began_in=began_in)
        for event in batch:
            if event.seq > intake.columns.get("journal_seq", run.journal_seq):
                intake.columns["journal_seq"] = event.seq
                _time(intake, event)
                _handle(intake, event)
                _keep(intake, event)
        _write(connection, run_key, intake)


def _boot_of_attempt(connection: Connection, run: Any) -> str | None:
    mine = select(ATTEMPT.c.boot_id).where(ATTEMPT.c.run_key == run.key, ATTEMPT.c.number == run.attempt)
    return connection.execute(mine).scalar()


def _write(connection: Connection, run_key: int, intake: Intake) -> None:
    values = {**intake.columns, "revision": revision.advance(connection)}
    connection.execute(_CHANGE_RUN, {**values, "of_run": run_key})
    add_points(connection, run_key, intake.points)
    if intake.attempt:
        mine = update(ATTEMPT).where(ATTEMPT.c.run_key == run_key, ATTEMPT.c.number == intake.run.attempt)
        connection.execute(mine.values(intake.attempt))
    for table, rows in ((EVENT, intake.events), (VITAL, intake.vitals), (CHECKPOINT, intake.checkpoints)):
        if rows:
            connection.execute(insert(table).prefix_with("OR REPLACE"), [{"run_key": run_key, **row} for row in rows])


def _handle(intake: Intake, event: Event) -> None:
    """Let an event have its effect; one whose fields make no sense (a disk that lost a bit) has none."""
    try:
        _HANDLERS.get(event.type, _nothing)(intake, event)
    except (KeyError, TypeError, ValueError, OverflowError):
        return


def _time(intake: Intake, event: Event) -> None:
    """Let the attempt's duration grow with each event, by the monotonic clock."""
    began = intake.columns.get("attempt_monotonic", intake.run.attempt_monotonic)
    if began is not None and event.type != "attempt":
        intake.columns["attempt_seconds"] = max(0.0, event.monotonic - began)


def _keep(intake: Intake, event: Event) -> None:
    """Keep the event itself, except those of which there are thousands."""
    if event.type not in ("metrics", "progress", "vitals"):
        row = {"seq": event.seq, "time": event.time, "type": text(event.type), "fields": event.fields}
        intake.events.append(row)


def _attempt(intake: Intake, event: Event) -> None:
    known = given(event.fields, "pid", "host", "boot_id", "device", "versions")
    intake.columns |= {
        "status": RunStatus.RUNNING,
        "started_at": intake.run.started_at or event.time,
        "attempt_monotonic": event.monotonic,
        "attempt_seconds": 0.0,
        "phase_detail": None,
        "error": None,
    }
    changed = given(event.fields, "adjustments")
    intake.columns |= changed
    intake.attempt |= known | changed | {"started_at": event.time}


def _phase(intake: Intake, event: Event) -> None:
    intake.columns["phase"] = text(event.fields.get("phase"))
    intake.columns |= {"phase_detail": None, "evaluated": None, "to_evaluate": None}


def _plan(intake: Intake, event: Event) -> None:
    names = ("max_steps", "steps_per_epoch", "train_rows", "eval_rows", "labels", "problem_type", "device")
    intake.columns |= given(event.fields, *names)
    reasons = [intake.run.device_reason, event.fields.get("precision_reason")]
    began = event.fields.get("start_step")
    for column in _FIRST_STEPS.values():
        first = _first_step(intake, column)
        if isinstance(began, int) and first is not None and began < first:
            intake.columns[column] = None  # the steps from there on are done again
    intake.columns["device_reason"] = "; ".join(text(reason) for reason in reasons if reason) or None


def _progress(intake: Intake, event: Event) -> None:
    names = ("step", "max_steps", "epoch", "samples_per_second")
    done, total = (optional_whole(event.fields.get(name)) for name in ("done", "total"))
    intake.columns |= given(event.fields, *names) | {"evaluated": done, "to_evaluate": total}
    detail = event.fields.get("detail")
    intake.columns["phase_detail"] = text(detail) if detail else None


def _metrics(intake: Intake, event: Event) -> None:
    step, milliseconds = whole(event.fields.get("step", 0)), intake.milliseconds
    for name, value in dict(event.fields.get("values", {})).items():
        if isinstance(value, int | float):
            intake.points.append(NewPoint(text(name), step, float(value), milliseconds))
            if name in _LOSSES and not math.isfinite(value):
                _note_step(intake, "not_finite_step", step)


def _vitals(intake: Intake, event: Event) -> None:
    row = {name: optional_number(event.fields.get(name)) for name in VITALS}
    intake.vitals.append({"milliseconds": intake.milliseconds, **row})


def _checkpoint(intake: Intake, event: Event) -> None:
    fields = event.fields
    intake.checkpoints.append(
        {
            "step": whole(fields["step"]),
            "path": text(fields["path"]),
            "bytes": whole(fields.get("bytes", 0)),
            "best": bool(fields.get("best", False)),
            "time": event.time,
        }
    )


def _error(intake: Intake, event: Event) -> None:
    intake.columns["error"] = {part: text(event.fields.get(part, "")) for part in ("title", "message", "hint")}


def _close(intake: Intake, event: Event) -> None:
    lasted = intake.columns.get("attempt_seconds", intake.run.attempt_seconds)
    intake.attempt |= {"outcome": event.type, "ended_at": event.time, "seconds": lasted}
    if column := _FIRST_STEPS.get(str(event.fields.get("reason"))):
        _note_step(intake, column, event.fields.get("step"))
    if event.type == RunStatus.FAILED and (again := _again(intake, event, lasted)):
        intake.columns |= again
        return
    intake.columns |= {
        "status": RunStatus(event.type),
        "ended_at": event.time,
        "phase_detail": None,
        "evaluated": None,
        "to_evaluate": None,
    }


def _again(intake: Intake, event: Event, lasted: float) -> dict[str, Any]:
    """Put a run whose attempt failed for a reason that adjustments answer back in the queue; else return nothing.

    In the transaction that ends the attempt: nobody sees the run as failed, and a scheduler that is killed meanwhile
    has either not read the event or need not decide again. It keeps its place in the queue.
    """
    run = intake.run
    config, retries = read_config(run.config)[0], run.retries or {}
    changed = adjustments.adjustments_after(config, run.adjustments or {}, retries, event.fields)
    if changed is None or intake.boot_id not in (None, boot_id()):  # after a restart nothing starts by itself
        return {}
    reason = str(event.fields["reason"])
    return {
        "status": RunStatus.QUEUED,
        "adjustments": changed,
        "retries": {**retries, reason: retries.get(reason, 0) + 1},
        "error": None,
        "earlier_seconds": run.earlier_seconds + lasted,
        "attempt_seconds": 0.0,
        "attempt_monotonic": None,
    }


def _first_step(intake: Intake, column: str) -> Any:
    return intake.columns.get(column, getattr(intake.run, column))


def _note_step(intake: Intake, column: str, step: Any) -> None:
    """Note a step at which something went wrong, if it is the first."""
    before = _first_step(intake, column)
    if type(step) is int and 0 <= step <= MAX_SEQ and (before is None or step < before):
        intake.columns[column] = step


def _warning(intake: Intake, event: Event) -> None:
    for column in _FIRST_STEPS.values():
        _note_step(intake, column, event.fields.get(column))


def _nothing(intake: Intake, event: Event) -> None:
    """Events that only stand in the list of events."""


_HANDLERS: dict[str, Callable[[Intake, Event], None]] = {
    "attempt": _attempt,
    "phase": _phase,
    "plan": _plan,
    "progress": _progress,
    "metrics": _metrics,
    "vitals": _vitals,
    "checkpoint": _checkpoint,
    "warning": _warning,
    "error": _error,
    **dict.fromkeys(CLOSING, _close),
}
