"""What an event says, as the store's columns take it: a journal may be damaged, or of another version."""

import math
from collections.abc import Callable
from typing import Any, get_args

from bertft_tui.core.journal import MAX_SEQ
from bertft_tui.core.metric_names import ProblemType


def whole(value: Any) -> int:
    """Return a whole number that a column holds. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_SEQ:
        raise ValueError(f"not a whole number: {value!r:.100}")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"not a finite number: {value!r:.100}")
    return float(value)


def text(value: Any) -> str:
    """Return a text that a column holds: half a character becomes a question mark. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError(f"not a text: {value!r:.100}")
    return value.encode("utf-8", "replace").decode()


def _texts(value: Any) -> list[str]:
    return [text(item) for item in list(value)]


def _versions(value: Any) -> dict[str, str]:
    return {text(name): text(version) for name, version in dict(value).items()}


def _settings(value: Any) -> dict[str, int | str] | None:
    """Settings that an attempt changes; None when it changes none."""
    return {text(name): each if isinstance(each, int) else text(each) for name, each in dict(value).items()} or None


def _task(value: Any) -> str:
    if value not in get_args(ProblemType):
        raise ValueError(f"not a task: {value!r:.100}")
    return text(value)


_KINDS: dict[str, Callable[[Any], Any]] = {
    "step": whole,
    "max_steps": whole,
    "steps_per_epoch": whole,
    "train_rows": whole,
    "eval_rows": whole,
    "pid": whole,
    "epoch": _number,
    "samples_per_second": _number,
    "labels": _texts,
    "versions": _versions,
    "adjustments": _settings,
    "problem_type": _task,
    "device": text,
    "host": text,
    "boot_id": text,
    "phase": text,
}


def given(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return those of the named fields that an event has, each of its kind. Raises ValueError or TypeError."""
    return {name: _KINDS[name](fields[name]) for name in names if fields.get(name) is not None}


def optional_whole(value: Any) -> int | None:
    """Return a whole number or None. Raises ValueError."""
    return None if value is None else whole(value)


def optional_number(value: Any) -> float | None:
    """Return a number that a column holds; None for anything else."""
    try:
        return _number(value)
    except ValueError:
        return None
