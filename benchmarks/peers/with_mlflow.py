"""MLflow, with a SQLite file for its runs, as its documentation has one log from a training loop."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow

from benchmarks.peers.programs import Compared, Listed
from benchmarks.peers.workload import BEST, Run, differing

lists_best = False

_EXPERIMENT = "benchmark"


def _use(folder: Path) -> None:
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")


class _Recording:
    def log(self, step: int, values: dict[str, float]) -> None:
        mlflow.log_metrics(values, step=step)

    def finish(self) -> None:
        mlflow.end_run()


def record(folder: Path, run: Run) -> _Recording:
    """Begin a run."""
    _use(folder)
    if mlflow.get_experiment_by_name(_EXPERIMENT) is None:
        mlflow.create_experiment(_EXPERIMENT, artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment(_EXPERIMENT)
    mlflow.start_run(run_name=run.name)
    mlflow.log_params(run.settings)
    return _Recording()


def _runs(folder: Path) -> Iterator[Any]:
    _use(folder)
    yield from mlflow.search_runs(experiment_names=[_EXPERIMENT], output_format="list")


def listing(folder: Path) -> dict[str, Listed]:
    """What its search finds: settings and newest values."""
    return {run.info.run_name: Listed(run.data.metrics[BEST], len(run.data.params)) for run in _runs(folder)}


def _history(run_id: str, metric: str) -> list[tuple[int, float]]:
    history = mlflow.MlflowClient().get_metric_history(run_id, metric)
    return [(point.step, point.value) for point in history]


def curve(folder: Path, name: str, metric: str) -> list[tuple[int, float]]:
    """All points of a metric."""
    run = mlflow_run(folder, name)
    return sorted(_history(run.info.run_id, metric))


def mlflow_run(folder: Path, name: str) -> Any:
    """The run of a name."""
    _use(folder)
    named = f"attributes.run_name = '{name}'"
    return mlflow.search_runs(experiment_names=[_EXPERIMENT], filter_string=named, output_format="list")[0]


def comparing(folder: Path, names: list[str]) -> Compared:
    """Its search knows the newest values only, so the best are looked for in the histories."""
    runs = {run.info.run_name: run for run in _runs(folder)}
    best = {name: max(value for _, value in _history(runs[name].info.run_id, BEST)) for name in names}
    return Compared(best, differing({name: dict(runs[name].data.params) for name in names}))
