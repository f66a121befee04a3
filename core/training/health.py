"""A look at every figure that is logged: NaN, and a loss that rises and stays up, end the run or are told."""

from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from bertft_tui.core.errors import Problem
from bertft_tui.core.sections import OnDivergence
from bertft_tui.core.training.divergence import (
    LossWatch,
    Moment,
    NumberWatch,
    diverged,
    end_of,
    end_of_diverged,
    not_a_number,
)
from bertft_tui.core.training.trainer import RunTrainer


class HealthCallback(TrainerCallback):  # type: ignore[misc]
    """Reads what the Trainer logs and nothing else, so it costs no wait for the device.

    Stands behind the callback that writes the journal: the figures themselves are kept. `guess`: the loss of a model
    that knows nothing.
    """

    def __init__(
        self, trainer: RunTrainer, precision: str, guess: float | None, on_divergence: OnDivergence = "continue"
    ) -> None:
        self._trainer = trainer
        self._precision = precision
        self._on_divergence = on_divergence
        self._numbers = NumberWatch(precision)
        self._losses = LossWatch(guess)
        self._told: set[str] = set()

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Take up what an earlier attempt logged, and what it has told."""
        for log in state.log_history:
            if self._numbers.add(log):
                self._told.add("nan")
            if "loss" in log and self._losses.add(log["loss"]):
                self._told.add("divergence")

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Look at the figures. Raises AttemptFailed for what is wrong, or warns once where the run shall continue."""
        figures = logs or {}
        rate = float(figures.get("learning_rate", self._trainer.learning_rate()))
        moment = Moment(state.global_step, state.epoch or 0.0, rate)
        if (name := self._numbers.add(figures)) is not None:
            problem = not_a_number(name, moment, self._precision, int(args.logging_steps))
            if self._trainer.on_nan != "continue":
                raise end_of(problem, moment, self._precision)
            self._tell("nan", problem, not_finite_step=state.global_step)
        if "loss" in figures and self._losses.add(figures["loss"]):
            problem = diverged(self._losses, moment)
            if self._on_divergence == "stop":
                raise end_of_diverged(problem, moment)
            self._tell("divergence", problem, diverged_step=state.global_step)

    def _tell(self, what: str, problem: Problem, **facts: int) -> None:
        """Warn of something, once in a training."""
        if what not in self._told:
            self._told.add(what)
            self._trainer.reporter.warn(problem, **facts)
