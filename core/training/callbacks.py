"""What ends a training early: a request, or evaluations that are no better."""

import math
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from bertft_tui.core.training.trainer import RunTrainer


class FlowCallback(TrainerCallback):  # type: ignore[misc]
    """Stops where somebody asks, and evaluates at the end of runs that have no other evaluation."""

    def __init__(self, trainer: RunTrainer) -> None:
        self._trainer = trainer
        self._control = trainer.reporter.control

    def on_substep_end(self, *_: Any, **__: Any) -> None:
        """Look for a cancel between the passes of one step."""
        self._control.check_cancel()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        """Save and leave when somebody asked; an evaluation of this step is then owed to the next attempt."""
        self._control.check_cancel()
        if self._control.stop_requested:
            self._trainer.stopping = True
            control.should_save = control.should_training_stop = True
            control.should_evaluate = False
        elif args.eval_strategy == "no" and state.global_step >= state.max_steps:
            control.should_evaluate = control.should_save = True
        return control

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        """Add nothing to what a stop has saved."""
        if self._trainer.stopping:
            control.should_evaluate = control.should_save = False
        return control

    def on_prediction_step(self, *_: Any, **__: Any) -> None:
        """Look for requests inside an evaluation."""
        self._control.check()


class EarlyStopping(TrainerCallback):  # type: ignore[misc]
    """Ends training after some evaluations without a better one; reads the log, so a resumed run counts on."""

    def __init__(self, patience: int) -> None:
        self._patience = patience

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        """End at once what had ended before it was resumed."""
        return self.on_evaluate(args, state, control)

    def on_evaluate(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        """Count the evaluations since the best one."""
        if self._stale(args, state) >= self._patience:
            control.should_training_stop = True
        return control

    @staticmethod
    def _stale(args: TrainingArguments, state: TrainerState) -> int:
        name, sign = args.metric_for_best_model, 1 if args.greater_is_better else -1
        best, stale = -math.inf, 0
        for log in state.log_history:
            if name in log and log["step"] > 0:
                better = sign * log[name] > best  # never for NaN
                best, stale = (sign * log[name], 0) if better else (best, stale + 1)
        return stale
