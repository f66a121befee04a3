"""How long until there is something to see, with thousands of runs in the store."""

from pathlib import Path
from typing import NamedTuple

from benchmarks.calibration import calibration
from benchmarks.figures import Line, figures, milliseconds
from benchmarks.program import Moment, Program

#: Seconds of processor time since the interpreter began.
FRAME_TARGET, ROWS_TARGET = 0.5, 0.9


class Start(NamedTuple):
    """One start of the program."""

    frame: Moment
    rows: Moment
    calibration: float  # just after it


def first_paints(store: Path, runtime: Path, row: str, starts: int) -> list[Start]:
    """Start the program so often; `row`: the name of the newest run. One start before them fills the caches."""
    return [_start(store, runtime, row) for _ in range(starts + 1)][1:]


def _start(store: Path, runtime: Path, row: str) -> Start:
    with Program(store, runtime) as program:
        frame = program.when(store.name)
        rows = program.when(row)
    return Start(frame, rows, calibration())


def lines(starts: list[Start]) -> list[Line]:
    """What they come to, in processor time and on the clock."""
    found = []
    for what, target, moments in (
        ("frame", FRAME_TARGET, [start.frame for start in starts]),
        ("first rows", ROWS_TARGET, [start.rows for start in starts]),
    ):
        for clock, most in (("processor", target), ("wall", None)):
            seconds = [getattr(moment, clock) for moment in moments]
            ratios = [each / start.calibration for each, start in zip(seconds, starts, strict=True)]
            all_of_them = figures(seconds)
            found.append(
                Line(
                    f"{what}, {clock} time",
                    milliseconds(all_of_them.median),
                    f"{milliseconds(all_of_them.lowest)} to {milliseconds(all_of_them.highest)}",
                    f"{figures(ratios).median:.2f}",
                    "" if most is None else f"≤ {milliseconds(most)}",
                    None if most is None else all_of_them.median / most,
                )
            )
    return found
