"""What is asked of each program, and where each stands. Its modules import it and no other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

from benchmarks.peers.workload import Run


class Recording(Protocol):
    """A run that is being recorded."""

    def log(self, step: int, values: dict[str, float]) -> None:
        """Record the figures of a step, as a training loop does."""

    def finish(self) -> None:
        """Record that the run has finished, and wait until all of it is on disk."""


class Listed(NamedTuple):
    """A run in a listing."""

    score: float | None  # the best one, or the newest where a program lists no best
    settings: int  # how many of them are known


class Compared(NamedTuple):
    """What runs that are compared come to."""

    best: dict[str, float]  # of each run, by its name
    differing: set[str]  # names of settings


class Reader(Protocol):
    """What a program's module reads from a folder in which it has recorded."""

    #: Whether a listing has each run's best value; else it has the newest.
    lists_best: bool

    def listing(self, folder: Path) -> dict[str, Listed]:
        """All runs by their names."""

    def curve(self, folder: Path, name: str, metric: str) -> list[tuple[int, float]]:
        """All points of one run's metric, in the order of their steps."""

    def comparing(self, folder: Path, names: list[str]) -> Compared:
        """The best value of each run, and in which settings they differ."""


class Program(NamedTuple):
    """One of the programs."""

    name: str
    recorder: str  # modules of this package
    reader: str = ""  # {}: what is read; empty: its library has nothing that reads what it records offline
    package: str = ""  # the distribution whose version is told; empty for this program


OURS = Program("bertft-tui", "our_recorder", "our_{}")

PEERS = (
    Program("trackio", "with_trackio", "with_trackio", "trackio"),
    Program("MLflow", "with_mlflow", "with_mlflow", "mlflow"),
    Program("W&B offline", "with_wandb", "", "wandb"),
    Program("TensorBoard", "tensorboard_writer", "tensorboard_reader", "tensorboard"),
)

#: What the programs are told so that none asks the network for anything.
OFFLINE = {
    "WANDB_MODE": "offline",
    "WANDB_ERROR_REPORTING": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
}


def recorder_in(module: Any) -> Callable[[Path, Run], Recording]:
    """The function of a program's module that begins to record a run in a folder."""
    return cast(Callable[[Path, Run], Recording], module.record)
