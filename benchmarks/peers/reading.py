"""Reads with one program what it has recorded, in a process that does nothing else, and says what it took.

    python -m benchmarks.peers.reading MODULE FOLDER WHAT RESULT

What was read is held against what was recorded: a program that answers soon and wrongly is no rival.
"""

import importlib
import json
import math
import sys
import time
from pathlib import Path
from typing import cast

from benchmarks.peers.programs import Reader
from benchmarks.peers.workload import Run, differing, read_runs

#: What can be read.
LISTING, CURVE, COMPARING = "listing", "curve", "comparing"

#: TensorBoard keeps 32 bits of a figure.
_PRECISION = 1e-6


def main(module: str, folder: Path, what: str, result: Path) -> None:
    """Read once; write into the result how many seconds of a processor that took."""
    reader = cast(Reader, importlib.import_module(f"benchmarks.peers.{module}"))
    runs = read_runs(folder)
    before = time.process_time()
    if what == LISTING:
        listed = reader.listing(folder)
        after = time.process_time()
        for run in runs:
            score = max(run.scores()) if reader.lists_best else run.scores()[-1]
            _see(_near(listed[run.name].score, score) and listed[run.name].settings >= len(run.settings), run)
    elif what == CURVE:
        points = reader.curve(folder, runs[0].name, "loss")
        after = time.process_time()
        wanted = [(step, values["loss"]) for step, values in runs[0].figures() if "loss" in values]
        _see([step for step, _ in points] == [step for step, _ in wanted], runs[0])
        _see(all(_near(mine[1], right[1]) for mine, right in zip(points, wanted, strict=True)), runs[0])
    else:
        compared = reader.comparing(folder, [run.name for run in runs])
        after = time.process_time()
        for run in runs:
            _see(_near(compared.best[run.name], max(run.scores())), run)
        _see(compared.differing == differing({run.name: run.settings for run in runs}), runs[0])
    result.write_text(json.dumps({"reading": after - before}), encoding="utf-8")


def _near(mine: float | None, right: float) -> bool:
    return mine is not None and math.isclose(mine, right, rel_tol=_PRECISION)


def _see(right: bool, run: Run) -> None:
    """Raises ValueError when what was read of a run is not what was recorded."""
    if not right:
        raise ValueError(f"what was read of {run.name} is not what was recorded")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
