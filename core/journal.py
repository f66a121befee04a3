"""The journal of a run: one JSON object a line, written by the worker, read by the scheduler.

Each line carries `v` (format), `seq` (1, 2, 3 … over all attempts), `t` (seconds since the epoch), `m` (monotonic
seconds) and `type`. A line is flushed as it is written, so nothing acknowledged is lost when the process is killed,
and fsynced once a second and at checkpoints, so a power cut costs a second at most. Unknown types and fields pass.
"""

import json
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypedDict

from bertft_tui.core.errors import Problem

FORMAT = 1

#: What a database column holds; no journal comes near it.
MAX_SEQ = 2**53

EventType = Literal[
    "attempt",  # number, pid, host, boot_id, device, device_reason, adjustments, versions
    "phase",  # phase
    "plan",  # max_steps, steps_per_epoch, start_step, train_rows, eval_rows, labels,
    #          device, precision, precision_reason
    "memory",  # rows, tokens, peak, total: bytes of the longest batch, and whether that was known before
    "progress",  # step, max_steps, epoch, samples_per_second; while evaluating also done, total;
    #              before training only detail: words on what the phase is about just now
    "metrics",  # step, epoch, values
    "checkpoint",  # step, path, bytes, best
    "predictions",  # step, rows
    "warning",  # title, message, hint; not_finite_step where it is about a loss or gradient that is no number
    "error",  # title, message, hint
    "finished",
    "stopped",
    "cancelled",
    "failed",  # reason where another attempt may help: out_of_memory (during), not_finite (step, precision)
]

#: The events after which an attempt writes no more.
CLOSING = frozenset({"finished", "stopped", "cancelled", "failed"})

_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Launch(TypedDict):
    """What the scheduler tells a worker, in `launch.json`."""

    attempt: int
    device: str  # "cpu", "mps", "cuda:0": the name in the inventory
    torch_device: str  # as the worker's torch numbers it: with one visible GPU, "cuda:0"
    device_reason: str
    device_lock: str  # path
    resume: bool
    adjustments: dict[str, Any]  # section.field → value: what this attempt changes of the run's settings


@dataclass(frozen=True)
class Event:
    """One line of a journal."""

    seq: int
    time: float  # seconds since the epoch
    monotonic: float  # seconds, comparable within one boot
    type: str
    fields: dict[str, Any] = field(default_factory=dict)


class JournalWriter:
    """Appends events to a journal; goes on where an earlier attempt ended."""

    def __init__(self, path: Path) -> None:
        self._seq = _mend(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "ab", buffering=0)
        self._torn = False
        self._synced = time.monotonic()

    def write(self, kind: EventType, **fields: Any) -> None:
        """Append one event. Values that are not finite are written as strings."""
        self._seq += 1
        now = time.monotonic()
        line = {"v": FORMAT, "seq": self._seq, "t": time.time(), "m": now, "type": kind, **fields}
        self._append((json.dumps(_plain(line), ensure_ascii=True) + "\n").encode())
        if now - self._synced >= 1 or kind == "checkpoint" or kind in CLOSING:
            self.sync()

    def _append(self, line: bytes) -> None:
        """Write a whole line. After a write that failed half-way (disk full) the next one starts a fresh line."""
        rest = b"\n" + line if self._torn else line
        self._torn = True
        while rest:
            rest = rest[self._file.write(rest) :]
        self._torn = False

    def problem(self, kind: Literal["warning", "error"], problem: Problem) -> None:
        """Append a warning or an error with its three parts."""
        self.write(kind, **problem.as_dict())

    def sync(self) -> None:
        """Bring what was written to the disk."""
        os.fsync(self._file.fileno())
        self._synced = time.monotonic()

    def close(self) -> None:
        """Sync and close."""
        self.sync()
        self._file.close()


def read_events(path: Path, offset: int = 0) -> Iterator[tuple[Event, int]]:
    """Yield the events from a byte offset on, each with the offset behind it.

    A torn last line is left for later; a line that is no event (a disk that was full, a crash) is passed over.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(offset)
        for line in file:
            if not line.endswith(b"\n"):
                return
            offset += len(line)
            if (event := parse_line(line)) is not None:
                yield event, offset


def parse_line(line: bytes) -> Event | None:
    """Read one line; None when it is not an event."""
    try:
        data = json.loads(line)
        event = Event(
            seq=int(data.pop("seq")),
            time=float(data.pop("t")),
            monotonic=float(data.pop("m")),
            type=str(data.pop("type")),
            fields={key: _value(value) for key, value in data.items() if key != "v"},
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
    sound = 0 < event.seq <= MAX_SEQ and math.isfinite(event.time) and math.isfinite(event.monotonic)
    return event if sound else None


def _mend(path: Path) -> int:
    """Close a torn last line, so that the next event starts on a line of its own; return the last seq.

    The line is closed first: one that lacked nothing but its end is an event from then on, and its number is taken.
    """
    if path.exists() and path.stat().st_size:
        with path.open("rb+") as file:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
    return max((event.seq for event, _ in read_events(path)), default=0)


def _plain(value: Any) -> Any:
    """Make a value JSON: numpy and torch scalars become numbers, non-finite floats strings."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value


def _value(value: Any) -> Any:
    """Undo `_plain` for numbers inside `values`."""
    if isinstance(value, dict):
        return {key: _SPECIAL.get(item, item) if isinstance(item, str) else item for key, item in value.items()}
    return value
