"""The journal of a run: one JSON object a line, written by the worker, read by the scheduler.

Each line carries `v` (format), `seq` (1, 2, 3 … over all attempts), `t` (seconds since the epoch), `m` (monotonic
seconds) and `type`. A line and all before it are the kernel's when `write` returns, so a killed process loses none;
only figures, progress, vitals and that training or evaluating begins are left to a thread that writes them some
hundredths of a second later, so no step waits, and a kill costs those of its last moment. What a resumed run goes
on from is behind them: a checkpoint and all other phases are waited for. All is fsynced once a second and at
checkpoints, so a power cut costs a second at most. While the disk is full, read-only or slow the lines wait in
memory, and a kill then costs them. Unknown types and fields pass.
"""

import json
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypedDict

from bertft_tui.core.backlog import Backlog
from bertft_tui.core.errors import Problem
from bertft_tui.core.line_stream import AppendedFile, LineStream, RawFile, Trouble
from bertft_tui.core.packed_journal import open_journal, unpack
from bertft_tui.core.ticker import Ticker
from bertft_tui.core.whole_file import whole_file

FORMAT = 1

#: What a database column holds; no journal comes near it.
MAX_SEQ = 2**53

EventType = Literal[
    "attempt",  # number, pid, host, boot_id, start (cold, or warm: forked), device, device_reason, adjustments,
    #             versions, machine
    "phase",  # phase
    "plan",  # max_steps, steps_per_epoch, start_step, train_rows, train_available, eval_rows, labels,
    #          device, precision, precision_reason, recipe
    "memory",  # rows, tokens, peak, total: bytes of the longest batch, and whether that was known before
    "progress",  # step, max_steps, epoch, samples_per_second; while evaluating also done, total;
    #              before training only detail: words on what the phase is about just now
    "metrics",  # step, epoch, values
    "vitals",  # what `Vitals` names: memory, cpu, gpu_use, …
    "checkpoint",  # step, path, bytes, best
    "predictions",  # step, rows
    "warning",  # title, message, hint; not_finite_step where it is about a loss or gradient that is no number,
    #             diverged_step where about a loss that stays up
    "error",  # title, message, hint
    "finished",
    "stopped",
    "cancelled",
    "failed",  # reason, if it is one of out_of_memory (during), not_finite (step, precision), diverged (step)
]

#: The events after which an attempt writes no more.
CLOSING = frozenset({"finished", "stopped", "cancelled", "failed"})

#: What no step waits for, and what is given up first when more waits for the disk than memory keeps; nothing else is.
DROPPABLE = ("vitals", "progress", "metrics")

#: Phases that no step waits for either: one begins at each evaluation, and the other after it.
_IN_TRAINING = ("training", "evaluating")

#: Bytes at the end of a journal that tell where it ended.
_NEAR_THE_END = 1_000_000

#: Seconds that the closing event waits for a disk that cannot be written.
CLOSING_PATIENCE = 600.0

#: The exit code of a worker whose closing event was not written all the same.
UNWRITTEN = 4

#: Seconds that a checkpoint's and a closing event wait for the disk to have them.
_SYNC_PATIENCE = 5.0

#: Decimals of the two times of an event: the store counts milliseconds.
_TIME_DIGITS = 3

_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False, check_circular=False, separators=(",", ":")).encode

_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Launch(TypedDict):
    """What the scheduler tells a worker, in `launch.json`."""

    attempt: int
    device: str  # "cpu", "mps", "cuda:0": the name in the inventory
    torch_device: str  # as the worker's torch numbers it: with one visible GPU, "cuda:0"
    device_reason: str
    device_lock: str  # path
    resume: bool
    seq: int  # of the newest event that the store has
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
    """Appends events to a journal; goes on where an earlier attempt ended. Its disk neither stops nor slows anybody.

    What cannot be written waits in memory, in order; when it could be, a warning says from when to when it could not.
    """

    def __init__(
        self,
        path: Path,
        *,
        after: int = 0,
        opened: Callable[[Path], RawFile] = AppendedFile,
        backlog: Backlog | None = None,
    ) -> None:
        """Open it. `after`: a number that events have had already, perhaps in lines that a power cut took."""
        self._path, self._opened = path, opened
        unpack(path)
        last, torn = _end_of(path)
        self._seq = max(last, after)
        self._number = 0  # of the newest line, as those know it that write it
        self._loose = deque[tuple[EventType, dict[str, Any]]]()  # events that are still to be put, in their order
        self._closing = False
        self._order = threading.RLock()  # numbers are given and lines handed over by one thread at a time
        first = b"\n" if torn else b""  # closed, so that the next event starts on a line of its own
        backlog = Backlog(DROPPABLE) if backlog is None else backlog
        self._lines = LineStream(opened(path), backlog, self._tell_recovery, gather=self._put_loose, first=first)
        self._each_second: list[Callable[[], None]] = []
        self._ticker = Ticker(self._tick)

    def write(self, kind: EventType, **fields: Any) -> None:
        """Append one event; but for those that no step waits for it is the kernel's then, with all before it.

        Values that are not finite are written as strings. Those of an event that is not waited for stay as they are.
        """
        if kind in CLOSING:
            self._put_loose()
            self._lines.reach(self._number)  # then it is known whether the disk takes them
            if (trouble := self._lines.trouble()) is not None:
                self.problem("warning", _words(trouble, over=False))
            self._closing = True
        with self._order:
            if kind == "vitals" and self._closing:
                return  # they come from a thread of their own, and nothing stands behind a closing event
            now, monotonic = round(time.time(), _TIME_DIGITS), round(time.monotonic(), _TIME_DIGITS)
            line = {"v": FORMAT, "seq": self._seq + 1, "t": now, "m": monotonic, "type": kind, **fields}
            self._seq += 1
            self._loose.append((kind, line))
            waited_for = kind not in DROPPABLE and not (kind == "phase" and fields.get("phase") in _IN_TRAINING)
            if not waited_for and self._lines.soon():
                return
            self._put_loose()
            number = self._number
        if waited_for:
            self._lines.reach(number)
        if kind == "checkpoint" or kind in CLOSING:
            self.sync()

    def _put_loose(self) -> None:
        """Hand over what was kept: to make lines of many events at once is a third of the work, and no step waits."""
        with self._order:
            while self._loose:
                kind, line = self._loose.popleft()
                self._number = self._lines.put(kind, f"{_as_json(line)}\n".encode())
                self._handed_over(kind, line)

    def _handed_over(self, kind: EventType, line: Mapping[str, Any]) -> None:
        """Tell those that are made from this class of each event, in their order, by whichever thread writes it."""

    def problem(self, kind: Literal["warning", "error"], problem: Problem) -> None:
        """Append a warning or an error with its three parts; nothing stands behind a closing event."""
        if not self._closing:
            self.write(kind, **problem.as_dict())

    def sync(self) -> None:
        """Bring what was written to the disk; one that is slow is waited for some seconds only."""
        if self._lines.trouble() is None:
            self._ticker.now(_SYNC_PATIENCE)

    def each_second(self, call: Callable[[], None]) -> None:
        """Have something done once a second, in another thread."""
        self._each_second.append(call)

    def fileno(self) -> int:
        """The open descriptor of the journal's file."""
        return self._lines.fileno()

    def hold(self) -> None:
        """Let events wait in memory until `put_back`: nobody would find them in a file without a name."""
        self._lines.hold()

    def release(self) -> None:
        """Let events be written again after `hold`: the file has its name again."""
        self._lines.release()

    def put_back(self) -> None:
        """Write the journal again whose name is gone, and go on there. Raises OSError; then events wait."""
        self.hold()
        with whole_file(self._path, sync=True) as file:
            _copy(self.fileno(), file)
        self._lines.exchange(self._opened(self._path))

    def close(
        self,
        patience: float = CLOSING_PATIENCE,
        give_up: Callable[[], bool] = lambda: False,
        tell: Callable[[str], None] = lambda text: None,
    ) -> list[bytes]:
        """Wait for what is still to be written, then sync and close; return the lines that were not written.

        The wait ends after `patience` seconds, or when `give_up` says so; `tell` gets a sentence when it is long.
        """
        deadline, told = time.monotonic() + patience, False
        self._put_loose()
        self._ticker.now(min(_SYNC_PATIENCE, patience))  # whoever looks once a second looks at the end too
        while not self._lines.wait(min(1.0, patience)) and time.monotonic() < deadline and not give_up():
            if not told and (trouble := self._lines.trouble()) is not None:
                told = True
                tell(f"waiting for the disk ({trouble.reason or 'it is slow'}): {trouble.waited:,} events to write")
        self.sync()
        self._ticker.end()
        self._put_loose()  # what the ticker has written meanwhile
        return self._lines.end()

    def _tick(self) -> None:
        if self._lines.dirty:
            self._lines.sync()
        for call in self._each_second:
            call()

    def _tell_recovery(self, trouble: Trouble) -> None:
        self.problem("warning", _words(trouble, over=True))


def read_events(path: Path, offset: int = 0) -> Iterator[tuple[Event, int]]:
    """Yield the events from a byte offset on, each with the offset behind it.

    A torn last line is left for later; a line that is no event (a disk that was full, a crash) is passed over. The
    journal of a finished run may be compressed; offsets are those of the plain one.
    """
    try:
        file = open_journal(path)
    except FileNotFoundError:
        return
    with file:
        yield from events_in(file, offset)


def events_in(file: BinaryIO, offset: int = 0) -> Iterator[tuple[Event, int]]:
    """Do as `read_events` with an open file."""
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


def _end_of(path: Path) -> tuple[int, bool]:
    """Return the last seq, and whether the last line is torn. One that lacks nothing but its end has a seq too.

    Numbers rise, so the end of a long journal tells; where it holds no event, all of it is read.
    """
    if not path.exists():
        return 0, False
    near = max(0, path.stat().st_size - _NEAR_THE_END)
    last, torn = _look_at_end(path, near)
    return (last, torn) if last or not near else _look_at_end(path, 0)


def _look_at_end(path: Path, offset: int) -> tuple[int, bool]:
    """Do as `_end_of` from a byte on; what stands there up to the next line is no event."""
    last = 0
    for event, behind in read_events(path, offset):
        last, offset = max(last, event.seq), behind
    with path.open("rb") as file:
        file.seek(offset)  # behind the last event there may be lines that are none
        rest = file.read()
    unfinished = parse_line(rest.rpartition(b"\n")[2])
    return max(last, unfinished.seq if unfinished else 0), bool(rest) and not rest.endswith(b"\n")


def _copy(descriptor: int, target: BinaryIO) -> None:
    """Copy an open file, which may have no name any more."""
    offset = 0
    while chunk := os.pread(descriptor, 1_000_000, offset):
        target.write(chunk)
        offset += len(chunk)


def _words(trouble: Trouble, *, over: bool) -> Problem:
    """Say how long a disk could not be written, why, and what that cost."""
    since, until = (f"{datetime.fromtimestamp(when):%Y-%m-%d %H:%M:%S}" for when in (trouble.since, trouble.until))
    when = f"From {since} to {until}" if over else f"Since {since}"
    lost = " and ".join(f"{count:,} {kind}" for kind, count in trouble.dropped.items())
    return Problem(
        "The disk could not be written" if trouble.reason else "The disk was slow",
        f"{when}{f' ({trouble.reason})' if trouble.reason else ''}: {trouble.waited:,} events waited in memory"
        + (f"; {lost} events were dropped, the oldest: there were more than memory keeps." if lost else "."),
    )


def _as_json(line: dict[str, Any]) -> str:
    """Write an event as JSON. Nearly all of them are plain values already, which are not looked at one by one."""
    try:
        return _encode(line)
    except (TypeError, ValueError):
        return _encode(_plain(line))


def _plain(value: Any) -> Any:
    """Make a value JSON: numpy and torch scalars become numbers, non-finite floats strings, anything else text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        with suppress(ValueError, RuntimeError):  # it holds several
            value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _value(value: Any) -> Any:
    """Undo `_plain` for numbers inside `values`."""
    if isinstance(value, dict):
        return {key: _SPECIAL.get(item, item) if isinstance(item, str) else item for key, item in value.items()}
    return value
