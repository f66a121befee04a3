"""How far a training is, and its figures, into the journal."""

import math
import time
from typing import Any

from transformers import TrainerCallback, TrainerState, TrainingArguments

from bertft_tui.core.training.trainer import RunTrainer

#: Seconds between two `progress` events.
_PACE = 0.25

#: Figures of the Trainer that say nothing about a run.
_DROPPED = frozenset({"epoch", "total_flos", "eval_model_preparation_time"})


class JournalCallback(TrainerCallback):  # type: ignore[misc]
    """Writes plan, progress and metrics into the journal."""

    def __init__(self, trainer: RunTrainer, plan: dict[str, Any]) -> None:
        self._trainer = trainer
        self._plan = plan
        self._journal = trainer.reporter.journal
        self._written = -math.inf
        self._step_began = 0.0
        self._seconds = 0.0  # spent in training steps of this attempt
        self._first_epoch = 0.0
        self._done = 0

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, *_: Any, **__: Any) -> None:
        """Say what is ahead, then take up what an earlier attempt left."""
        steps = self._trainer.steps_per_epoch()
        self._first_epoch = state.epoch or 0.0
        self._journal.write(
            "plan",
            max_steps=state.max_steps,
            steps_per_epoch=steps,
            start_step=state.global_step,
            **self._plan,
        )
        self._trainer.reporter.phase("training")
        self._trainer.catch_up()

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        """Start the clock of a step."""
        self._step_began = time.monotonic()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, *_: Any, **__: Any) -> None:
        """Say how far training is."""
        self._done = 0
        self._seconds += time.monotonic() - self._step_began
        self._progress(state, last=state.global_step >= state.max_steps)

    def on_prediction_step(
        self, args: TrainingArguments, state: TrainerState, *_: Any, eval_dataloader: Any = None, **__: Any
    ) -> None:
        """Say how far an evaluation is."""
        self._done += 1
        total = len(eval_dataloader)
        self._progress(state, last=False, done=self._done, total=total)
        if self._done == total:
            self._done = 0

    def on_log(
        self, args: TrainingArguments, state: TrainerState, *_: Any, logs: dict[str, Any] | None = None, **__: Any
    ) -> None:
        """Write the figures that the Trainer logs."""
        values = {name: value for name, value in (logs or {}).items() if name not in _DROPPED}
        self._trainer.reporter.metrics(state.global_step, state.epoch or 0.0, values)

    def _progress(self, state: TrainerState, *, last: bool, **more: int) -> None:
        now = time.monotonic()
        if not last and now - self._written < _PACE:
            return
        self._written = now
        samples = ((state.epoch or 0.0) - self._first_epoch) * self._plan["train_rows"]
        rate = round(samples / self._seconds, 3) if self._seconds else 0.0
        self._journal.write(
            "progress",
            step=state.global_step,
            max_steps=state.max_steps,
            epoch=state.epoch or 0.0,
            samples_per_second=rate,
            **more,
        )
