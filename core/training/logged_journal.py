"""The journal, told again in `train.log` for people: one line an event, among whatever libraries print there."""

import math
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, TextIO

from bertft_tui.core.journal import EventType, JournalWriter
from bertft_tui.core.value_text import format_value

#: Seconds from one line with a step's figures to the next: to print each of fifty a second would cost more than to
#: write it into the journal, and nobody could read them.
_PACE = 1.0

#: What each line of the journal has beside the fields of its event.
_OF_EVERY_LINE = frozenset({"v", "seq", "t", "m", "type"})


class LoggedJournal(JournalWriter):
    """A journal whose events are also printed; progress is not, and of the figures of steps one a second at most.

    What no step waits for is printed when it is written, a moment later: to word an evaluation takes as long as to
    write ten steps.
    """

    _printed_step = -math.inf

    def _handed_over(self, kind: EventType, line: Mapping[str, Any]) -> None:
        if kind == "metrics" and "loss" in line["values"]:
            if line["m"] - self._printed_step < _PACE:
                return
            self._printed_step = line["m"]
        if text := describe(kind, {name: value for name, value in line.items() if name not in _OF_EVERY_LINE}):
            with suppress(OSError, ValueError):  # the journal is written all the same
                log(text, at=datetime.fromtimestamp(line["t"]))


def log(text: str, file: TextIO | None = None, at: datetime | None = None) -> None:
    """Print a line with the time of day, to stdout unless a file is named; a worker has both in `train.log`."""
    print(f"{at or datetime.now():%H:%M:%S} {text}", file=file or sys.stdout, flush=True)


def describe(kind: str, fields: Mapping[str, Any]) -> str:
    """Say an event in a line; nothing for those that only move a bar."""
    match kind:
        case "progress" | "vitals":
            return ""
        case "attempt":
            where = f"{fields['device']} ({fields['device_reason']})"
            return f"attempt {fields['number']} on {where}, process {fields['pid']}"
        case "phase":
            return f"{fields['phase']} …"
        case "metrics":
            values = "  ".join(f"{name} {_short(value)}" for name, value in fields["values"].items())
            return f"step {fields['step']}  epoch {fields['epoch']:.2f}  {values}"
        case "warning" | "error":
            hint = f" {fields['hint']}" if fields.get("hint") else ""
            return f"{kind}: {fields['title']}. {fields['message']}{hint}"
        case _:
            rest = "  ".join(f"{name} {_short(value)}" for name, value in fields.items() if value is not None)
            return f"{kind}  {rest}".rstrip()


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(map(_item, value[:10])) + (" …" if len(value) > 10 else "")
    return format_value(value)


def _item(value: Any) -> str:
    is_part = isinstance(value, dict) and {"setting", "value"} <= value.keys()  # of the recipe: `show` has the reason
    return f"{value['setting']} {value['value']}" if is_part else str(value)
