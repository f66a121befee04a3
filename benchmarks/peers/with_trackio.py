"""trackio, with its local SQLite file."""

from pathlib import Path
from typing import Any

import trackio
from trackio.sqlite_storage import SQLiteStorage

from benchmarks.peers.programs import Compared, Listed
from benchmarks.peers.workload import BEST, Run, differing

lists_best = True

_PROJECT = "benchmark"


class _Recording:
    def log(self, step: int, values: dict[str, float]) -> None:
        trackio.log(values, step=step)

    def finish(self) -> None:
        trackio.finish()


def record(folder: Path, run: Run) -> _Recording:
    """Begin a run."""
    trackio.init(project=_PROJECT, name=run.name, config=run.settings)
    return _Recording()


def _best(name: str) -> float:
    return max(float(point["value"]) for point in SQLiteStorage.get_metric_values(_PROJECT, name, BEST))


def _settings(name: str) -> dict[str, Any]:
    found = SQLiteStorage.get_run_config(_PROJECT, name) or {}
    return {key: value for key, value in found.items() if not key.startswith("_")}  # those are its own


def listing(folder: Path) -> dict[str, Listed]:
    """All runs, each with its settings and the best of the metric's values."""
    names = [str(run.name) for run in trackio.Api().runs(_PROJECT)]
    return {name: Listed(_best(name), len(_settings(name))) for name in names}


def curve(folder: Path, name: str, metric: str) -> list[tuple[int, float]]:
    """All points of a metric."""
    points = SQLiteStorage.get_metric_values(_PROJECT, name, metric)
    return sorted((int(point["step"]), float(point["value"])) for point in points)


def comparing(folder: Path, names: list[str]) -> Compared:
    """The best value of each run, and in which settings they differ."""
    return Compared({name: _best(name) for name in names}, differing({name: _settings(name) for name in names}))
