"""What writing a run down costs its training: `python -m benchmarks.recording`.

A real training with a point at each step, whose calls are timed; a journal of a million points; the way of ten
thousand points into the store.
"""

import json
import os
import resource
import subprocess
import sys
import time
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # the tiny model is the tests' own

from tiny_bert import make_tiny_bert, texts, write_csv

from benchmarks.alone import measure_alone
from benchmarks.figures import Figures, figures, milliseconds
from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import to_toml
from bertft_tui.core.journal import JournalWriter, read_events
from bertft_tui.core.paths import RunDirectory, StorePath
from bertft_tui.core.scheduling.intake import follow
from bertft_tui.core.store import commands, ledger, plain_reading
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus

#: Seconds: of a step of 20 ms a hundredth; of one log call at the 99th percentile; of ten thousand points' intake.
STEP, STEP_TARGET, LOG_TARGET, INTAKE_TARGET = 0.02, 0.01, 0.0002, 0.5

#: How much longer a point may take at the end of a million than at the start, and bytes that memory may grow by.
FLAT, FLAT_BYTES = 1.2, 16_000_000


class Amount(NamedTuple):
    """How much is measured."""

    steps: int = 600
    points: int = 1_000_000
    taken_in: int = 10_000


def measure(folder: Path, amount: Amount = Amount()) -> dict[str, Any]:  # noqa: B008 - it is frozen
    """Measure everything in a folder; return seconds, and bytes of memory."""
    return {
        "training": _training(folder / "run", amount.steps),
        "journal": _journal(folder / "events.jsonl", amount.points),
        "intake": _intake(folder / "runs.db", amount.taken_in),
        "amount": amount._asdict(),
    }


def _training(place: Path, steps: int) -> dict[str, Any]:
    """Train a tiny model for so many steps in a process of its own, with a point at each."""
    folder = place.parent / "model"
    make_tiny_bert(folder)
    data = write_csv(place.parent / "train.csv", texts(400))
    config = RunConfig().with_settings(
        {
            "model.name_or_path": str(folder),
            "data.dataset": str(data),
            "data.max_length": 32,
            "training.max_steps": steps,
            "training.logging_steps": 1,
            "training.eval_strategy": "no",
        }
    )
    run = RunDirectory(place)
    run.create()
    run.config.write_text(to_toml(config), encoding="utf-8")
    told = {"attempt": 1, "device": "cpu", "torch_device": "cpu", "device_reason": "no GPU", "device_lock": ""}
    run.launch.write_text(json.dumps(told | {"resume": False, "seq": 0, "adjustments": {}}), encoding="utf-8")
    command = [sys.executable, str(Path(__file__).with_name("recording_training.py")), str(place)]
    alone = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
    }  # a tiny model's threads wait for each other more than they compute
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, env=alone).stdout)
    ended = [event.type for event, _ in read_events(run.events)][-1:]
    assert ended == ["finished"], run.log.read_text(encoding="utf-8")[-2000:]
    return {
        "step": figures(found["steps"])._asdict(),
        "computed": figures(found["computed"])._asdict(),
        "gap": figures(found["gaps"])._asdict(),
        "calls": {name: figures(seconds)._asdict() for name, seconds in found["calls"].items()},
    }


def _journal(path: Path, points: int) -> dict[str, Any]:
    """Write points into a journal, and time each call: by the clock, and as processor time of all threads."""
    journal = JournalWriter(path)
    parts, each = [], points // 10
    seconds = array("d", bytes(8 * points))  # all of it now: what grows from here on is the journal's
    before = _memory()
    for part in range(10):
        began, used = time.perf_counter(), time.process_time()
        for step in range(part * each, (part + 1) * each):
            at = time.perf_counter()
            journal.write("metrics", step=step, epoch=step / 1000, values={"loss": 0.5, "grad_norm": 1.5})
            seconds[step] = time.perf_counter() - at
        parts.append((time.perf_counter() - began, time.process_time() - used))
    grown = _memory() - before
    journal.close()
    return {
        "call": figures(seconds)._asdict(),
        "clock": [part[0] / each for part in parts],
        "processor": [part[1] / each for part in parts],
        "grown": grown,
        "bytes": path.stat().st_size / points,
    }


def _memory() -> int:
    """The most memory that this process has had, in bytes; Linux counts kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _intake(file: Path, points: int) -> dict[str, Any]:
    """Bring so many points into a store, as the scheduler does; seconds by the clock, and of the processor.

    Again with as many behind them, five times in all: a long run's points cost no more than a short one's.
    """
    store = StorePath(file)
    found = []
    with Database.open(store, daily_backup=False) as db:
        run_id = commands.enqueue(db, RunConfig(), name="recorded")
        key = ledger.jobs(db, RunStatus.QUEUED)[0].key
        directory = store.run(run_id)
        directory.create()
        offset = 0
        for part in range(5):
            journal = JournalWriter(directory.events)
            for step in range(points):
                journal.write("metrics", step=part * points + step, epoch=0.0, values={"loss": 1 / (1 + step)})
            journal.close()
            began, used = time.perf_counter(), time.process_time()
            offset = follow(db, directory, key, offset)
            found.append((time.perf_counter() - began, time.process_time() - used))
        assert len(plain_reading.series(db, run_id, "loss").steps) == 5 * points
    return {"clock": [each[0] for each in found], "processor": [each[1] for each in found]}


def _both_ends(parts: Sequence[float]) -> tuple[float, float]:
    """The ends of the straight line through what parts of a million took: one part alone is the machine's luck."""
    slope, begins = np.polyfit(range(len(parts)), parts, 1)
    return float(begins), float(begins + slope * (len(parts) - 1))


def markdown(found: dict[str, Any]) -> str:
    """Write the section of the page."""
    training, journal, intake = found["training"], found["journal"], found["intake"]
    step, call, gap = (Figures(**each) for each in (training["step"], journal["call"], training["gap"]))
    log, computed = Figures(**training["calls"]["RunTrainer.log"]), Figures(**training["computed"])
    begins, ends = _both_ends(journal["processor"])
    taken = figures(intake["processor"])
    lines = [
        ("a step with a point", _micro(step), f"≤ {_micros(STEP * STEP_TARGET)}, 1 % of {STEP * 1e3:.0f} ms",
         step.median <= STEP * STEP_TARGET),
        ("of it computed by its own thread", _micro(computed), "", None),
        ("one call of `log`", _micro(log), "", None),
        ("a line of the journal", _micro(call), f"99 % ≤ {_micros(LOG_TARGET)}", call.p99 <= LOG_TARGET),
        ("its processor time, all threads, at the start and at the end of a million",
         f"{_micros(begins)} and {_micros(ends)}",
         f"≤ {FLAT} times", ends <= FLAT * begins),
        ("memory that they add", f"{max(0, journal['grown']) / 1e6:.0f} MB", f"≤ {FLAT_BYTES / 1e6:.0f} MB",
         journal["grown"] <= FLAT_BYTES),
        (f"{found['amount']['taken_in']:,} points into the store",
         f"{milliseconds(taken.median)} of processor time, at most {milliseconds(taken.highest)}",
         f"≤ {milliseconds(INTAKE_TARGET)}", taken.median <= INTAKE_TARGET),
    ]  # fmt: skip
    rows = [
        f"| {what} | {is_} | {target} | {'' if reached is None else 'yes' if reached else 'no'} |"
        for what, is_, target, reached in lines
    ]
    return "\n".join(
        [
            "## Recording",
            "",
            f"A real training of {found['amount']['steps']} steps of a tiny model ({milliseconds(gap.median)} each), "
            "a point at each: what our callbacks and the log take together, by the clock. A journal of "
            f"{found['amount']['points']:,} points with two metrics each, {journal['bytes']:.0f} bytes a point.",
            "",
            "| | median, 99 %, the most | target | reached |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _micro(each: Figures) -> str:
    return f"{_micros(each.median)}, {_micros(each.p99)}, {_micros(each.highest)}"


def _micros(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs"


if __name__ == "__main__":
    measure_alone(measure, markdown)
