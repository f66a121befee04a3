"""The rows of the table: what each takes of what was measured, and how it is written."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.figures import figures, milliseconds
from benchmarks.peers.reading import COMPARING, CURVE, LISTING

#: The quantiles of a recording's log calls.
_SHARES = {"call": 0.5, "slow_call": 0.99}


class Found(NamedTuple):
    """One cell: a median, and from where to where the measurements went."""

    median: float
    lowest: float
    highest: float


class Row(NamedTuple):
    """One row. `values`: the measurements that a program's figures hold; none where it cannot do this."""

    what: str
    values: Callable[[Mapping[str, Any]], Sequence[float]]
    write: Callable[[float], str]

    def found(self, program: Mapping[str, Any]) -> Found | None:
        """What it is for a program; None when it was not measured."""
        if not (values := self.values(program)):
            return None
        found = figures(values)
        return Found(found.median, found.lowest, found.highest)


def microseconds(seconds: float) -> str:
    """Write a short duration in microseconds, a long one in milliseconds."""
    if seconds >= 0.01:
        return milliseconds(seconds)
    return f"{seconds * 1e6:,.0f} µs" if seconds >= 1e-5 else f"{seconds * 1e6:.1f} µs"


def _bytes(count: float) -> str:
    return f"{count:,.1f}"


def told_of(calls: Sequence[float]) -> dict[str, float]:
    """What is kept of the seconds that the log calls of a recording took: thousands of them would be megabytes."""
    found = sorted(calls)
    return {"calls": len(found), **{name: found[int(share * len(found))] for name, share in _SHARES.items()}}


def _recorded(name: str) -> Callable[[Mapping[str, Any]], Sequence[float]]:
    return lambda program: [each[name] for each in program["recordings"]]


def _read(what: str, name: str) -> Callable[[Mapping[str, Any]], Sequence[float]]:
    return lambda program: [each[name] for each in program[what]]


def rows(points: int, runs: int) -> list[Row]:
    """The rows for so many points a run, and runs."""

    def processor(program: Mapping[str, Any]) -> Sequence[float]:
        return [each["processor"] / points for each in program["recordings"]]

    def disk(program: Mapping[str, Any]) -> Sequence[float]:
        return [program["bytes"] / (points * runs)]

    return [
        Row("a log call: median", _recorded("call"), microseconds),
        Row("a log call: 99 %", _recorded("slow_call"), microseconds),
        Row("a point: processor", processor, microseconds),
        Row("a point: bytes on disk", disk, _bytes),
        Row("start of a run", _recorded("start"), milliseconds),
        Row("import in the training: processor", _recorded("import"), milliseconds),
        *(
            Row(title, _read(what, part), milliseconds)
            for what, words in ((LISTING, "listing the runs"), (CURVE, "a curve"), (COMPARING, "comparing the runs"))
            for title, part in ((f"{words}: processor", "reading"), (f"{words}: whole process", "process"))
        ),
    ]
