"""A look at every figure that is logged: NaN ends the run or is told, a loss that rises and stays is told."""

from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from bertft_tui.core.training.divergence import LossWatch, Moment, NumberWatch, diverged, end_of, not_a_number
from bertft_tui.core.training.trainer import RunTrainer


class HealthCallback(TrainerCallback):  # type: ignore[misc]
    """Reads what the Trainer logs and nothing else, so it costs no wait for the device.

    Stands behind the callback that writes the journal: the figures themselves are kept. `guess`: the loss of a model
    that knows nothing.
    """

    def __init__(self, trainer: RunTrainer, precision: str, guess: float | None) -> None:
        self._trainer = trainer
        self._precision = precision
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
        """Look at the figures. Raises AttemptFailed for NaN, unless the run shall continue: then warns, once."""
        figures = logs or {}
        rate = float(figures.get("learning_rate", self._trainer.learning_rate()))
        moment = Moment(state.global_step, state.epoch or 0.0, rate)
        if (name := self._numbers.add(figures)) is not None:
            problem = not_a_number(name, moment, self._precision, int(args.logging_steps))
            if self._trainer.on_nan != "continue":
                raise end_of(problem, moment, self._precision)
            if "nan" not in self._told:
                self._told.add("nan")
                self._trainer.reporter.warn(problem, not_finite_step=state.global_step)
        if "loss" in figures and self._losses.add(figures["loss"]) and "divergence" not in self._told:
            self._told.add("divergence")
            self._trainer.reporter.warn(diverged(self._losses, moment))
