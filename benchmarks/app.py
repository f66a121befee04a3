"""The app's speed, measured: `python -m benchmarks.app`, a few minutes.

Each start, key and figure is one of the real program, in a terminal of 120 × 40, on a store of 10,000 runs.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import first_paint, key_presses, live
from benchmarks.app_page import markdown
from benchmarks.big_store import RUNS, make_store
from benchmarks.calibration import REFERENCE, calibration
from benchmarks.figures import Line, figures, milliseconds
from benchmarks.program import Program
from bertft_tui.core.paths import StorePath


class Amount(NamedTuple):
    """How much is measured."""

    runs: int = RUNS
    starts: int = 15
    keys: int = 500
    seconds: float = 30.0  # with live runs, and as long without


def measure(folder: Path, amount: Amount | None = None) -> dict[str, Any]:
    """Make a store in a folder and measure everything on it, and how slow the machine is."""
    amount = amount or Amount()
    store = folder / "many-runs.db"
    newest = make_store(StorePath(store), amount.runs)[0]
    row = newest.partition(" ")[0] + " "
    starts = first_paint.first_paints(store, folder / "starts", row, amount.starts)
    lines = first_paint.lines(starts)
    with Program(store, folder / "keys") as program:  # they leave settings behind
        program.when(row)
        lines += key_presses.lines(*key_presses.presses(program, amount.keys))
        alone = live.idle(program, amount.seconds)
    with Program(store, folder / "live") as program:
        program.when(row)
        lines += live.lines(live.live(program, store, amount.seconds), alone)
    base = figures([start.calibration for start in starts] + [calibration() for _ in range(len(starts))])
    spread = f"{milliseconds(base.lowest)} to {milliseconds(base.highest)}"
    lines.append(Line("calibration, processor time", milliseconds(base.median), spread, "1"))
    return {"runs": amount.runs, "lines": lines, "slowness": base.median / REFERENCE}


def main(words: list[str]) -> int:
    """Measure and print. Exit code 1 when a target was missed."""
    parser = argparse.ArgumentParser(description="Measures how fast the app is.")
    usual = Amount()
    for name, value in usual._asdict().items():
        parser.add_argument(f"--{name}", type=type(value), default=value, help=f"({value})")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), Amount(*(getattr(asked, name) for name in Amount._fields)))
    print(markdown(found))
    return 1 if any(line.is_missed for line in found["lines"]) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
