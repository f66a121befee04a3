"""The app's speed, measured: `python -m benchmarks.app` (a few minutes), `--page` writes `docs/benchmarks-app.md`.

Each start, key and figure is one of the real program, in a terminal of 120 × 40, on a store of 10,000 runs.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from benchmarks import first_paint, key_presses, live, page
from benchmarks.big_store import RUNS, make_store
from benchmarks.calibration import REFERENCE, calibration, load
from benchmarks.figures import Line, figures, milliseconds
from benchmarks.program import Program
from bertft_tui.core.paths import StorePath


class Amount(NamedTuple):
    """How much is measured."""

    runs: int = RUNS
    starts: int = 15
    keys: int = 500
    seconds: float = 30.0  # with live runs, and as long without


def measure(folder: Path, amount: Amount) -> tuple[list[Line], float]:
    """Make a store in a folder and measure everything on it, and how slow the machine is."""
    store = folder / "many-runs.db"
    newest = make_store(StorePath(store), amount.runs)[0]
    before = load()
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
    machine = Line("load average before, and after", f"{before}, {load()}", f"{os.cpu_count()} cores")
    lines += [Line("calibration, processor time", milliseconds(base.median), spread, "1"), machine]
    return lines, base.median / REFERENCE


def main(words: list[str]) -> int:
    """Measure, and print or write what came of it. Exit code 1 when a target was missed."""
    parser = argparse.ArgumentParser(description="Measures how fast the app is.")
    usual = Amount()
    parser.add_argument("--page", action="store_true", help="write docs/benchmarks-app.md")
    for name, value in usual._asdict().items():
        parser.add_argument(f"--{name}", type=type(value), default=value, help=f"({value})")
    asked = parser.parse_args(words)
    amount = Amount(*(getattr(asked, name) for name in Amount._fields))
    with tempfile.TemporaryDirectory() as folder:
        lines, slowness = measure(Path(folder), amount)
    text = page.page(lines, amount.runs, slowness)
    if asked.page:
        page.write(text)
    print(text)
    return 1 if any(line.is_missed for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
