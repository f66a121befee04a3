"""What every program is given to record: the same runs, steps, figures and settings."""

import json
import math
import random
from pathlib import Path
from typing import Any, NamedTuple

#: Steps between two evaluations.
EVALUATED_EACH = 100

#: The metric whose best value a listing and a comparison are asked for.
BEST = "eval_accuracy"

_FILE = "runs.json"


class Amount(NamedTuple):
    """How much is measured."""

    runs: int = 20
    steps: int = 1000
    seconds: float = 0.002  # a step takes, besides what recording it takes
    readings: int = 5  # processes that read, for each program and thing to read


class Run(NamedTuple):
    """One run to record. `steps` and `seconds`: how many, and how long each takes."""

    name: str
    settings: dict[str, Any]  # by their full names, section.field
    steps: int
    seconds: float
    seed: int

    @property
    def points(self) -> int:
        """How many figures it has."""
        return 3 * self.steps + 3 * (self.steps // EVALUATED_EACH)

    def figures(self) -> list[tuple[int, dict[str, float]]]:
        """What is logged, call by call: the figures of steps and evaluations, with as many digits as real ones."""
        draw = random.Random(self.seed)
        calls: list[tuple[int, dict[str, float]]] = []
        for step in range(1, self.steps + 1):
            loss = 0.7 * math.exp(-3 * step / self.steps) + draw.uniform(0, 0.2)
            rate = 5e-5 * (1 - step / self.steps)
            calls.append((step, {"loss": loss, "grad_norm": draw.lognormvariate(0, 0.5), "learning_rate": rate}))
            if step % EVALUATED_EACH == 0:
                correct = draw.randrange(700, 950) / 1000
                scores = {"eval_loss": loss + 0.1, BEST: correct, "eval_f1": correct - draw.uniform(0, 0.02)}
                calls.append((step, scores))
        return calls

    def scores(self) -> list[float]:
        """What its evaluations found, in their order."""
        return [values[BEST] for _, values in self.figures() if BEST in values]


def write_runs(folder: Path, runs: list[Run]) -> None:
    """Put the runs where every program finds them."""
    (folder / _FILE).write_text(json.dumps(runs), encoding="utf-8")


def read_runs(folder: Path) -> list[Run]:
    """Return the runs as they were written."""
    return [Run(*fields) for fields in json.loads((folder / _FILE).read_text(encoding="utf-8"))]


def differing(settings: dict[str, dict[str, Any]]) -> set[str]:
    """The settings in which runs differ, of each run's settings by its name: for programs that do not say it."""
    names = {name for mine in settings.values() for name in mine}
    return {name for name in names if len({json.dumps(mine.get(name)) for mine in settings.values()}) > 1}
