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
    share: float | None = None  # of the target; None: there is none
    waits: bool = False  # most of it is waiting, which no machine does faster

    @property
    def is_missed(self) -> bool:
        """Whether there is a target, and it was not reached."""
        return self.share is not None and self.share > 1

    def row(self, slowness: float) -> tuple[str, ...]:
        """The cells of the line, on a machine that is so many times as slow as the reference."""
        share = "" if self.share is None else f"{self.share:.0%}"
        if self.share is not None and not self.waits and slowness > 1:
            share += f", without the machine's part {self.share / slowness:.0%}"
        verdict = "" if self.share is None else "no" if self.is_missed else "yes"
        return self.what, self.found, self.spread, self.ratio, self.target, share, verdict


def table(lines: Sequence[Line], slowness: float) -> str:
    """The lines as Markdown."""
    head = ["", "median", "spread", "calibration ×", "target", "of it", "reached"]
    return "\n".join(
        [
            "| " + " | ".join(head) + " |",
            "|---|---:|---|---:|---|---|---|",
            *("| " + " | ".join(line.row(slowness)) + " |" for line in lines),
        ]
    )


def milliseconds(seconds: float) -> str:
    """Write a duration in whole milliseconds, or tenths where it is short."""
    return f"{seconds * 1000:,.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"
