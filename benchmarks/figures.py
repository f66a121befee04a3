"""What many measurements come to."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Figures(NamedTuple):
    """Some quantiles of what was measured, and how often it was."""

    median: float
    p95: float
    p99: float
    lowest: float
    highest: float
    count: int


def figures(values: Sequence[float]) -> Figures:
    """Summarize measurements, at least one."""
    ordered = sorted(values)
    return Figures(
        statistics.median(ordered),
        quantile(ordered, 0.95),
        quantile(ordered, 0.99),
        ordered[0],
        ordered[-1],
        len(ordered),
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that is not below `share` of all: one that was really measured."""
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


class Line(NamedTuple):
    """One line of the table: what was measured, what came of it, and what it should be at most."""

    what: str
    found: str
    spread: str = ""
    ratio: str = ""  # to the calibration
    target: str = ""
    kept: bool | None = None  # None: there is no target

    @property
    def verdict(self) -> str:
        """Whether the target is reached, in a word."""
        return {None: "", True: "yes", False: "no"}[self.kept]


def table(lines: Sequence[Line]) -> str:
    """The lines as Markdown."""
    head = ["", "median", "spread", "calibration ×", "target", "reached"]
    rows = [(line.what, line.found, line.spread, line.ratio, line.target, line.verdict) for line in lines]
    return "\n".join(
        [
            "| " + " | ".join(head) + " |",
            "|---|---:|---|---:|---|---|",
            *("| " + " | ".join(row) + " |" for row in rows),
        ]
    )


def milliseconds(seconds: float) -> str:
    """Write a duration in whole milliseconds, or tenths where it is short."""
    return f"{seconds * 1000:,.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"
