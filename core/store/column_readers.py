"""How each column of a run is read: which cells it takes, and what these mean, as in `RunRecord`.

SQLite keeps any value in any cell: what is of another kind counts as missing, and a setting as its default.
"""

import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Column as TableColumn

from bertft_tui.core.filtering.fields import Column, Field, FieldKind, Fields
from bertft_tui.core.metric_names import TASK_METRICS, evaluation_name, own_metric
from bertft_tui.core.store.status import RunStatus, read_status
from bertft_tui.core.store.tables import ANNOTATION, RUN


class Reader(NamedTuple):
    """Which columns to select, with which settings behind them, and what to make of it all."""

    cells: tuple[TableColumn[Any], ...]
    read: Callable[..., Any]
    settings: tuple[str, ...] = ()


def setting_reader(field: Field, default: Any) -> Callable[[Any], Any]:
    """Return what reads a setting's value; what is of another kind counts as the default."""
    if field.kind is FieldKind.FLAG:
        return lambda value: bool(value) if value in (0, 1) else default
    if field.kind is not FieldKind.NUMBER:
        return lambda value: value if isinstance(value, str) else default
    words = field.words_as_numbers
    default = words.get(default, default)
    return lambda value: value if isinstance(value, int | float) else words.get(value, default)


def text(value: Any) -> str | None:
    """Read a text; what is none is shown as one, as in the table of runs."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if value is None else str(value)


def number(value: Any) -> float | None:
    """Read a number."""
    return value if isinstance(value, int | float) else None


@lru_cache(100)
def _status(value: Any) -> str:
    return str(read_status(text(value) or "")[0])


def _ended(value: Any, status: Any) -> float | None:
    return number(value) if read_status(text(status) or "")[0].is_finished else None


def _phase(value: Any, status: Any) -> str | None:
    return text(value) if read_status(text(status) or "")[0].is_alive else None


def _duration(
    started: Any, earlier: Any, seconds: Any, monotonic: Any, status: Any
) -> tuple[float, float, Any] | None:
    """Seconds of the attempts before, of the present one, and when that began by the monotonic clock, if it runs."""
    if started is None:
        return None
    runs = _status(status) == "running"
    return number(earlier) or 0.0, number(seconds) or 0.0, number(monotonic) if runs else None


def _progress(step: Any, whole: Any) -> float | None:
    return min(1.0, step / whole) if number(step) is not None and number(whole) else None


def _tags(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _task(found: Any, asked: Any) -> str | None:
    return next((task for task in (found, asked) if task in TASK_METRICS), None)


def _batch_size(asked: Any, texts: Any, passes: Any) -> float | None:
    """Texts of a pass times passes; what is no number, `auto` for one, stands for `train_batch_size`."""
    size = number(asked) or number(texts)
    return None if size is None or number(passes) is None else size * passes


def _error(value: Any) -> str | None:
    if not isinstance(value, dict) or not value:
        return None
    return f"{value.get('title', '')}: {value.get('message', '')}"


@lru_cache(1000)
def _own_metric(found: Any, asked: Any, setting: Any) -> str:
    """The name under which the run reports the metric that chooses its best checkpoint."""
    known = found if found in TASK_METRICS else None
    return evaluation_name(own_metric(setting or "auto", known, asked if asked in TASK_METRICS else "auto"))


def _is_there(value: Any) -> bool:
    return value is not None


_TASK = ("data.problem_type",)
_BATCH = (
    "training.per_device_train_batch_size",
    "training.train_batch_size",
    "training.gradient_accumulation_steps",
)

#: Readers by the name of the column; the last two are for our own use.
READERS: dict[str, Reader] = {
    "status": Reader((RUN.c.status,), _status),
    "name": Reader((ANNOTATION.c.name,), text),
    "tag": Reader((ANNOTATION.c.tags,), _tags),
    "note": Reader((ANNOTATION.c.note,), text),
    "experiment": Reader((RUN.c.experiment,), text),
    "id": Reader((RUN.c.id,), text),
    "age": Reader((RUN.c.created_at,), number),
    "created": Reader((RUN.c.created_at,), number),
    "started": Reader((RUN.c.started_at,), number),
    "ended": Reader((RUN.c.ended_at, RUN.c.status), _ended),
    "deleted": Reader((ANNOTATION.c.trashed_at,), number),
    "duration": Reader(
        (RUN.c.started_at, RUN.c.earlier_seconds, RUN.c.attempt_seconds, RUN.c.attempt_monotonic, RUN.c.status),
        _duration,
    ),
    "device": Reader((RUN.c.device,), text),
    "train_rows": Reader((RUN.c.train_rows,), number),
    "eval_rows": Reader((RUN.c.eval_rows,), number),
    "batch_size": Reader((), _batch_size, _BATCH),
    "labels": Reader((RUN.c.labels,), lambda value: len(value) or None if isinstance(value, list) else None),
    "task": Reader((RUN.c.problem_type,), _task, _TASK),
    "step": Reader((RUN.c.step,), number),
    "epoch": Reader((RUN.c.epoch,), number),
    "progress": Reader((RUN.c.step, RUN.c.max_steps), _progress),
    "samples_per_second": Reader((RUN.c.samples_per_second,), number),
    "attempt": Reader((RUN.c.attempt,), number),
    "phase": Reader((RUN.c.phase, RUN.c.status), _phase),
    "error": Reader((RUN.c.error,), _error),
    "nan": Reader((RUN.c.not_finite_step,), _is_there),
    "diverged": Reader((RUN.c.diverged_step,), _is_there),
    "pinned": Reader((ANNOTATION.c.pinned_at,), _is_there),
    "baseline": Reader((ANNOTATION.c.baseline_at,), _is_there),
    "parent": Reader((RUN.c.parent,), text),
    "change": Reader((RUN.c.change_note,), text),
    "metric": Reader((RUN.c.problem_type,), _own_metric, (*_TASK, "training.metric_for_best_model")),
    "steps_per_epoch": Reader((RUN.c.steps_per_epoch,), number),
}

#: What is kept for our own use, as fields.
OWN_METRIC, STEPS_PER_EPOCH, ALL_BUT_SEED = (
    Field(name, FieldKind.TEXT, "", Column(name)) for name in ("metric", "steps_per_epoch", "but_seed")
)


@lru_cache(8)
def fields_of(metrics: tuple[str, ...]) -> Fields:
    """Return the fields of a store whose runs have reported these metrics."""
    return Fields(map(str, RunStatus), metrics)


def durations(stored: Sequence[tuple[float, float, float | None] | None]) -> list[float | None]:
    """Seconds of all attempts together; a live one counts on by the monotonic clock."""
    now = time.monotonic()
    return [
        None if each is None else each[0] + max(each[1], 0.0 if each[2] is None else now - each[2]) for each in stored
    ]
