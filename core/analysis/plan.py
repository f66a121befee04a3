"""How many steps and evaluations a training has, counted as the Trainer counts them."""

import math
from dataclasses import dataclass

from bertft_tui.core.sections import TrainingSection


@dataclass(frozen=True)
class Plan:
    """The steps of a training. `epochs`: the passes over the rows that they come to."""

    steps: int
    steps_per_epoch: int
    epochs: float
    evaluations: int


def plan_of(training: TrainingSection, train_rows: int) -> Plan:
    """Count the steps of a training on so many rows; early stopping may end it before."""
    texts, passes = training.cut
    per_epoch = max(math.ceil(math.ceil(train_rows / texts) / passes), 1)
    steps = training.max_steps if training.max_steps > 0 else math.ceil(training.num_train_epochs * per_epoch)
    every = {"epoch": per_epoch, "steps": training.eval_steps}.get(training.eval_strategy)
    evaluations = math.ceil(steps / every) if every else 1
    return Plan(steps, per_epoch, steps / per_epoch, evaluations + training.eval_on_start)
