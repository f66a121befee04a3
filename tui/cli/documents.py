"""The `--json` documents: records into plain dictionaries. Their keys are stable."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bertft_tui.core.analysis.intervals import Interval, interval_of_best
from bertft_tui.core.analysis.kept import intervals_of
from bertft_tui.core.analysis.rules.rule import Advice
from bertft_tui.core.metric_names import direction_of
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import history, queries, vitals
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import (
    AttemptRecord,
    CheckpointRecord,
    EvaluationRecord,
    EventRecord,
    MetricSummary,
    RequestRecord,
    RunRecord,
    Series,
    VitalsSummary,
)
from bertft_tui.tui.judging import read_and_judge
from bertft_tui.tui.kept import kept_in_store


def run_document(run: RunRecord, store: StorePath) -> dict[str, Any]:
    """Return a run as `list --json` shows it."""
    return {
        "id": run.id,
        "name": run.name,
        "status": str(run.status),
        "phase": run.phase,
        "phase_detail": run.phase_detail,
        "experiment": run.experiment,
        "tags": list(run.tags),
        "note": run.note,
        "config": run.config.model_dump(mode="json"),
        "created_at": utc(run.created_at),
        "started_at": utc(run.started_at),
        "ended_at": utc(run.ended_at),
        "duration_seconds": number(run.duration_seconds),
        "step": run.progress.step,
        "max_steps": run.progress.max_steps,
        "epoch": number(run.progress.epoch),
        "metrics": metrics_document(run),
        "directory": str(store.run(run.id).path),
        "trashed_at": utc(run.trashed_at),
        "problem_type": run.problem_type,
        "labels": list(run.labels),
        "adjustments": run.adjustments,
        "not_finite_step": run.not_finite_step,
        "diverged_step": run.diverged_step,
        "error": run.error.as_dict() if run.error else None,
    }


def full_document(db: Database, run_id: str) -> dict[str, Any]:
    """Read a run and all that happened in it; return it as `show --json` shows it. Raises UnknownRunError."""
    run = queries.get_run(db, run_id)
    attempts = history.attempts(db, run_id)
    return {
        **run_document(run, db.path),
        "intervals": intervals_document(intervals_of(run, kept_in_store(db, run_id))),
        "events": [event_document(event) for event in history.events(db, run_id)],
        "checkpoints": [checkpoint_document(point, run) for point in history.checkpoints(db, run_id)],
        "environment": environment_document(run, attempts, *_said_at_first(db, run_id)),
        "vitals": vitals_document(vitals.summary(db, run_id)),
        "attempts": [attempt_document(attempt) for attempt in attempts],
        "requests": [request_document(each) for each in history.requests(db, run_id)],
        "evaluations": [evaluation_document(each) for each in history.evaluations(db, run_id)],
        "verdict": [advice_document(advice) for advice in read_and_judge(db, run)],
    }


def _said_at_first(db: Database, run_id: str) -> tuple[list[EventRecord], list[EventRecord]]:
    """What the newest attempt said when it began, and what it planned."""
    begun, plans = (history.events(db, run_id, kind=kind, limit=1) for kind in ("attempt", "plan"))
    return begun, plans


def metrics_document(run: RunRecord) -> dict[str, Any]:
    """Return last and best of every metric of a run, by name; with the interval where the record alone tells it."""
    return {
        name: _summary(run, summary, interval_of_best(run, name)) for name, summary in sorted(run.metrics.items())
    }


def intervals_document(intervals: Mapping[str, Interval]) -> dict[str, Any]:
    """Return how sure best values are, by the names of the metrics."""
    return {
        name: {"low": number(each.low), "high": number(each.high), "n": each.n, "method": each.method}
        for name, each in sorted(intervals.items())
    }


def _summary(run: RunRecord, summary: MetricSummary, interval: Interval | None) -> dict[str, Any]:
    return {
        "last": number(summary.last),
        "best": number(summary.best),
        "low": number(interval.low) if interval is not None else None,
        "high": number(interval.high) if interval is not None else None,
        "best_step": summary.best_step,
        "best_epoch": number(run.epoch_of(summary.best_step)),
        "count": summary.count,
        "selected": summary.is_selected,
    }


def series_document(run: RunRecord, series: Series) -> dict[str, Any]:
    """Return the points of one metric."""
    points = zip(series.steps, series.values, series.seconds, strict=True)
    return {
        "name": series.name,
        "direction": direction_of(series.name),
        "points": [
            {"step": step, "epoch": number(run.epoch_of(step)), "value": number(value), "seconds": number(seconds)}
            for step, value, seconds in points
        ],
    }


def event_document(event: EventRecord) -> dict[str, Any]:
    """Return an event: its number, time and type, then its own fields."""
    head = {"seq": event.seq, "time": utc(event.time), "type": event.type}
    return {**head, **{key: plain(value) for key, value in event.fields.items() if key not in head}}


def checkpoint_document(checkpoint: CheckpointRecord, run: RunRecord) -> dict[str, Any]:
    """Return a checkpoint as it was announced."""
    return {
        "step": checkpoint.step,
        "epoch": number(run.epoch_of(checkpoint.step)),
        "path": checkpoint.path,
        "bytes": checkpoint.bytes,
        "best": checkpoint.best,
        "time": utc(checkpoint.time),
    }


def environment_document(
    run: RunRecord, attempts: list[AttemptRecord], begun: list[EventRecord], plans: list[EventRecord]
) -> dict[str, Any]:
    """Return where, with which versions and how the newest attempt ran.

    `begun`: what the attempts said when they began; `plans`: what they planned.
    """
    newest = attempts[-1] if attempts else None
    machine = begun[-1].fields.get("machine") if begun else None
    recipe = plans[-1].fields.get("recipe") if plans else None
    return {
        "device": run.device,
        "device_reason": run.device_reason,
        "start": plain(begun[-1].fields.get("start")) if begun else None,
        "host": newest.host if newest else None,
        "versions": newest.versions if newest else {},
        "machine": plain(machine) if isinstance(machine, dict) else {},
        "recipe": plain(recipe) if isinstance(recipe, list) else [],
    }


def vitals_document(summary: VitalsSummary) -> dict[str, Any] | None:
    """Return what was measured of a run's process and GPU; None when nothing was."""
    if not summary.count:
        return None
    return {"count": summary.count, "last": plain(asdict(summary.last)), "peak": plain(asdict(summary.peak))}


def attempt_document(attempt: AttemptRecord) -> dict[str, Any]:
    """Return one process of a run."""
    return {
        "number": attempt.number,
        "started_at": utc(attempt.started_at),
        "ended_at": utc(attempt.ended_at),
        "pid": attempt.pid,
        "host": attempt.host,
        "device": attempt.device,
        "outcome": attempt.outcome,
        "exit_code": attempt.exit_code,
        "exit_signal": attempt.exit_signal,
        "adjustments": attempt.adjustments or {},
    }


def request_document(request: RequestRecord) -> dict[str, Any]:
    """Return what somebody asked of a run."""
    return {
        "kind": request.kind,
        "requested_at": utc(request.requested_at),
        "requested_by": request.requested_by,
        "closed_at": utc(request.closed_at),
    }


def advice_document(advice: Advice) -> dict[str, Any]:
    """Return one sentence of a verdict, with the settings that a next run would change."""
    return {"rule": advice.rule, "sentence": advice.sentence, "changes": dict(advice.changes)}


def evaluation_document(evaluation: EvaluationRecord) -> dict[str, Any]:
    """Return what a run's best checkpoint scored when it was evaluated again."""
    return {
        "step": evaluation.step,
        "dataset": evaluation.dataset,
        "split": evaluation.split,
        "is_test": evaluation.is_test,
        "rows": evaluation.rows,
        "metrics": plain(evaluation.metrics),
        "time": utc(evaluation.created_at),
    }


def utc(seconds: float | None) -> str | None:
    """Write seconds since the epoch as ISO 8601 in UTC; a time that no calendar has is None."""
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None


def number(value: float | None) -> float | str | None:
    """Write a number that JSON has not as a string: `NaN`, `Infinity`, `-Infinity`."""
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def plain(value: Any) -> Any:
    """Write the numbers inside a value as `number` does."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return number(value) if isinstance(value, float) else value
