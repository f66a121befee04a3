"""A look at every figure that is logged: NaN, and a loss that rises and stays up, end the run or are told."""

from collections.abc import Sequence
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_callback import ExportableState

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
from bertft_tui.core.training.trainer import RunTrainer, is_evaluation


class HealthCallback(TrainerCallback, ExportableState):  # type: ignore[misc]
    """Reads what the Trainer logs and nothing else, so it costs no wait for the device.

    Stands behind the callback that writes the journal: the figures themselves are kept. What it has seen goes into
    each checkpoint, since the log there has evaluations only. `guess`: the loss of a model that knows nothing.
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
        self._has_begun = False

    def state(self) -> dict[str, Any]:
        """What it has seen, for a checkpoint."""
        seen = {"numbers": self._numbers.state(), "losses": self._losses.state(), "told": sorted(self._told)}
        return {"args": {}, "attributes": seen}

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Take up what an earlier attempt logged, and what it has told."""
        self._take_up(state, state.log_history)

    def _take_up(self, state: TrainerState, logged: Sequence[dict[str, Any]]) -> None:
        """Go on where the checkpoint's attempt was, once; one of an older version has no more than its whole log."""
        if self._has_begun:
            return
        self._has_begun = True
        name = type(self).__name__
        if name in state.stateful_callbacks:
            seen = state.stateful_callbacks[name]["attributes"]
            self._numbers.go_on(seen["numbers"])
            self._losses.go_on(seen["losses"])
            self._told |= set(seen["told"])
            return
        for log in logged:
            if self._numbers.add(log):
                self._told.add("nan")
            if "loss" in log and self._losses.add(log["loss"]):
                self._told.add("divergence")
        state.log_history = list(filter(is_evaluation, state.log_history))
        # A checkpoint brings up to date what is there, and adds nothing.
        state.stateful_callbacks[name] = self.state()

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Look at the figures. Raises AttemptFailed for what is wrong, or warns once where the run shall continue.

        An evaluation that was owed comes before the training begins, and is saved with what was seen before it.
        """
        self._take_up(state, state.log_history[:-1])
        figures = logs or {}
        if (name := self._numbers.add(figures)) is not None:
            moment = self._moment(state, figures)
            problem = not_a_number(name, moment, self._precision, int(args.logging_steps))
            if self._trainer.on_nan != "continue":
                raise end_of(problem, moment, self._precision)
            self._tell("nan", problem, not_finite_step=state.global_step)
        if "loss" in figures and self._losses.add(figures["loss"]):
            moment = self._moment(state, figures)
            problem = diverged(self._losses, moment)
            if self._on_divergence == "stop":
                raise end_of_diverged(problem, moment)
            self._tell("divergence", problem, diverged_step=state.global_step)

    def _moment(self, state: TrainerState, figures: dict[str, Any]) -> Moment:
        rate = figures["learning_rate"] if "learning_rate" in figures else self._trainer.learning_rate()
        return Moment(state.global_step, state.epoch or 0.0, float(rate))

    def _tell(self, what: str, problem: Problem, **facts: int) -> None:
        """Warn of something, once in a training."""
        if what not in self._told:
            self._told.add(what)
            self._trainer.reporter.warn(problem, **facts)
