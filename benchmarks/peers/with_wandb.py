"""Weights & Biases, offline. Its library has nothing that reads such runs, so they are only recorded."""

from pathlib import Path

import wandb

from benchmarks.peers.workload import Run


class _Recording:
    def __init__(self, run: wandb.Run) -> None:
        self._run = run

    def log(self, step: int, values: dict[str, float]) -> None:
        self._run.log(values, step=step)

    def finish(self) -> None:
        self._run.finish()


def record(folder: Path, run: Run) -> _Recording:
    """Begin a run."""
    return _Recording(wandb.init(project="benchmark", name=run.name, config=run.settings, dir=folder))
