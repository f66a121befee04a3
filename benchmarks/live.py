"""What live runs cost, and how soon what a worker writes is on screen: with the real scheduler between them."""

import math
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.figures import Line, figures, milliseconds
from benchmarks.program import Program, processor_seconds
from bertft_tui.core import locks
from bertft_tui.core.paths import StorePath
from bertft_tui.core.presets import preset
from bertft_tui.core.store import commands, ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus

#: Seconds at the 95th percentile; the share of a core.
SEEN_TARGET, COST_TARGET = 0.5, 0.08

RUNS, POINTS_A_SECOND = 4, 10.0

_ROOT = Path(__file__).parents[1]
_HOME = "\x1b[H"

#: Seconds between two figures that are looked for, on average; those of the last so many seconds do not count.
_BEAT, _LATE = 0.6, 1.0


class Live(NamedTuple):
    """What was seen in some time: how long each figure took to the screen, and what the processes took of a core."""

    seen: list[float]
    missed: int
    app: float
    scheduler: float


def live(program: Program, store: Path, seconds: float, settle: float = 3.0) -> Live:
    """Let runs write for so long, and some seconds before, while the program that shows the store shows them."""
    path = StorePath(store)
    with _runs(path) as workers:
        beats = _Beats(workers[-1])
        program.when("training")
        program.type(_HOME)  # the newest is the one with beats
        program.watch(settle, lambda drawn, when: None)
        scheduler = locks.holder(path.scheduler_lock)
        assert scheduler is not None, "no scheduler has come"
        seen: dict[str, float] = {}
        waiting = ""

        def look(drawn: str, when: float) -> None:
            nonlocal waiting
            waiting = waiting[-10:] + drawn  # a figure may come in two pieces
            for figure in beats.since(began):
                if figure not in seen and figure in waiting:
                    seen[figure] = when

        began = time.monotonic()
        app_before, scheduler_before = program.now.processor, processor_seconds(scheduler)
        program.watch(seconds, look)
        lasted = time.monotonic() - began
        app = (program.now.processor - app_before) / lasted
        others = (processor_seconds(scheduler) - scheduler_before) / lasted
        written = {figure: when for figure, when in beats.since(began).items() if when < began + seconds - _LATE}
        took = [min(later) - when for figure, when in written.items() if (later := _from(figure, seen))]
        return Live(took, len(written) - len(took), app, others)


def _from(figure: str, seen: dict[str, float]) -> list[float]:
    """When a figure was seen, or one that has taken its place: each is higher than those before."""
    return [when for other, when in seen.items() if other >= figure]


def idle(program: Program, seconds: float) -> float:
    """Return what a program takes of a core in so many seconds, while nothing runs."""
    before = program.now.processor
    program.watch(seconds, lambda drawn, when: None)
    return (program.now.processor - before) / seconds


class _Beats:
    """The figures that a worker says it has written, and when."""

    def __init__(self, worker: subprocess.Popen[str]) -> None:
        self._written: dict[str, float] = {}
        self._worker = worker
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._worker.stdout
        with self._worker.stdout as lines:
            for line in lines:
                figure, when = line.split()
                self._written[figure] = float(when)

    def since(self, moment: float) -> dict[str, float]:
        """Those written after a moment."""
        return {figure: when for figure, when in list(self._written.items()) if when > moment}


@contextmanager
def _runs(path: StorePath) -> Iterator[list[subprocess.Popen[str]]]:
    """Live runs, as a scheduler that has gone left them; the newest, which the app highlights, has the beats."""
    with Database.open(path, daily_backup=False) as db:
        directories = [_taken(db, number) for number in range(1, RUNS + 1)]
    workers = []
    try:
        for directory in directories:
            command = [sys.executable, "-m", "benchmarks.live_worker", str(directory), str(POINTS_A_SECOND)]
            beats = directory == directories[-1]
            command += [str(_BEAT)] if beats else []
            output = subprocess.PIPE if beats else subprocess.DEVNULL
            workers.append(subprocess.Popen(command, stdout=output, text=True, cwd=_ROOT))
        for directory in directories:
            while locks.holder(directory / "run.lock") is None:
                time.sleep(0.02)
        yield workers
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
        _wait_for_the_scheduler(path)


def _taken(db: Database, number: int) -> Path:
    """A run on its way: in the store, with its directory, and the process to come."""
    run_id = commands.enqueue(db, preset("demo").config, name=f"live {number}")
    job = next(job for job in ledger.jobs(db, RunStatus.QUEUED) if job.id == run_id)
    ledger.take(db, job, "cpu", "measured")
    directory = db.path.run(run_id)
    directory.create()
    return directory.path


def _wait_for_the_scheduler(path: StorePath) -> None:
    """It goes by itself when the runs have ended."""
    deadline = time.monotonic() + 30
    while locks.holder(path.scheduler_lock) is not None and time.monotonic() < deadline:
        time.sleep(0.1)


def lines(found: Live, alone: float) -> list[Line]:
    """What it comes to."""
    seen = figures(found.seen)
    both = found.app + found.scheduler
    missed = f" ({found.missed} never seen)" if found.missed else ""
    return [
        Line(
            f"a figure of {seen.count} on screen after it was written{missed}",
            milliseconds(seen.median),
            f"95 %: {milliseconds(seen.p95)}, all: {milliseconds(seen.highest)}",
            target=f"95 % ≤ {milliseconds(SEEN_TARGET)}",
            share=math.inf if found.missed else seen.p95 / SEEN_TARGET,
            waits=True,
        ),
        Line(
            f"app and scheduler with {RUNS} live runs",
            f"{both:.1%} of a core",
            f"app {found.app:.1%}, scheduler {found.scheduler:.1%}",
            target=f"≤ {COST_TARGET:.0%}",
            share=both / COST_TARGET,
        ),
        Line("app while nothing runs", f"{alone:.1%} of a core"),
    ]
