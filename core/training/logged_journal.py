"""The journal, told again in `train.log` for people: one line an event, among whatever libraries print there."""

import math
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from bertft_tui.core.journal import EventType, JournalWriter
from bertft_tui.core.value_text import format_value

#: Seconds from one line with a step's figures to the next: to print each of fifty a second would cost more than to
#: write it into the journal, and nobody could read them.
_PACE = 1.0


class LoggedJournal(JournalWriter):
    """A journal whose events are also printed; progress is not, and of the figures of steps one a second at most."""

    def __init__(self, path: Path, *, after: int = 0) -> None:
        super().__init__(path, after=after)
        self._printed_step = -math.inf

    def write(self, kind: EventType, **fields: Any) -> None:
        """Append one event and print its line."""
        super().write(kind, **fields)
        if kind == "metrics" and "loss" in fields["values"]:
            if (now := time.monotonic()) - self._printed_step < _PACE:
                return
            self._printed_step = now
        if text := describe(kind, fields):
            log(text)


def log(text: str, file: TextIO | None = None) -> None:
    """Print a line with the time of day, to stdout unless a file is named; a worker has both in `train.log`."""
    print(f"{datetime.now():%H:%M:%S} {text}", file=file or sys.stdout, flush=True)


def describe(kind: str, fields: dict[str, Any]) -> str:
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
        return ", ".join(str(item) for item in value[:10]) + (" …" if len(value) > 10 else "")
    return format_value(value)
