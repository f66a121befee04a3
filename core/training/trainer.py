"""The Trainer, right where the stock one is not: evaluation that draws nothing, whole checkpoints, exact stops."""

import json
import math
import time
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

import numpy as np
from numpy.typing import NDArray
from transformers import PrinterCallback

from bertft_tui.core.checkpoint_folders import folder_name, step_of
from bertft_tui.core.errors import Problem
from bertft_tui.core.training import checkpoints, predictions
from bertft_tui.core.training.control import Stopped
from bertft_tui.core.training.failures import memory_named
from bertft_tui.core.training.metrics import Scorer
from bertft_tui.core.training.randomness import forked_random_state
from bertft_tui.core.training.reporter import Reporter
from bertft_tui.core.training.saving import Disk, DiskRefused
from bertft_tui.core.training.task_trainer import TaskTrainer


def is_evaluation(log: dict[str, Any]) -> bool:
    """Whether figures that were logged are those of an evaluation: only these stay in the log."""
    return "eval_loss" in log


class RunTrainer(TaskTrainer):
    """A Trainer that speaks through a Reporter and can be stopped and resumed at any step, bit for bit."""

    def __init__(
        self,
        *,
        reporter: Reporter,
        folder: Path,
        scorer: Scorer,
        hashes: NDArray[np.uint64],
        choices: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(compute_metrics=scorer, **kwargs)
        scorer.order = self.eval_order
        self.remove_callback(PrinterCallback)
        self.reporter = reporter
        self.stopping = False
        self._folder = folder
        self._scorer = scorer
        self._hashes = hashes
        self._choices = choices
        self._checkpoint: Path | None = None
        self._disk = Disk(folder, reporter)
        self._size = 0  # bytes of the checkpoint before
        self._refused = False  # by the disk, since the checkpoint before
        self._best_before: tuple[float | None, int | None] = (None, None)
        self._unsaved: dict[int, float] = {}  # the best values, by step, that no checkpoint holds
        self._started = time.monotonic()
        self._seconds_before = 0.0

    def fine_tune(self, checkpoint: Path | None) -> None:
        """Train to the end, or until somebody asks to stop: then `stopping` is set and a checkpoint saved.

        Goes on from `checkpoint` if there is one. Raises Cancelled, or Stopped when there is nothing new to save.
        """
        self._checkpoint = checkpoint
        if checkpoint is not None:
            self.args.eval_on_start = False
        self.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)

    def steps_per_epoch(self) -> int:
        """The optimizer steps of one epoch; known when training begins."""
        batches: int = len(self.callback_handler.train_dataloader)
        accumulation: int = self.args.gradient_accumulation_steps
        return max(math.ceil(batches / accumulation), 1)

    def evaluation_due(self) -> bool:
        """Whether the evaluation strategy asks for an evaluation after the present step."""
        step = self.state.global_step
        if step >= self.state.max_steps:
            return True
        every = {"epoch": self.steps_per_epoch(), "steps": self.args.eval_steps}.get(self.args.eval_strategy)
        return every is not None and step % int(every) == 0

    def evaluated(self) -> bool:
        """Whether the log has an evaluation of the present step."""
        return any(is_evaluation(log) and log["step"] == self.state.global_step for log in self.state.log_history)

    def catch_up(self) -> None:
        """Take up what the checkpoint left: unlogged losses, and an evaluation that a stop came before.

        Called when training begins, with the state loaded and not yet the random generators.
        """
        self._started = time.monotonic()
        if self._checkpoint is None:
            return
        kept = checkpoints.read_progress(self._checkpoint)
        self._tr_loss += kept["loss_since_logged"]
        self._total_loss_scalar = kept["loss_logged"]
        self._globalstep_last_logged = kept["last_logged_step"]
        self._seconds_before = kept["seconds"]
        if self.evaluation_due() and not self.evaluated():
            self._load_rng_state(str(self._checkpoint))
            metrics = self.evaluate()
            self._determine_best_metric(metrics=metrics, trial=None)
            self._save_checkpoint(self.model, None)

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Evaluate without moving the training generators."""
        with self.reporter.during("evaluating"), forked_random_state(), memory_named("evaluating", self.load):
            metrics: dict[str, float] = super().evaluate(*args, **kwargs)
        return metrics

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log; the closing figures are those of the whole run, and a stopped attempt has none."""
        if "train_runtime" in logs:
            if self.stopping:
                return
            seconds = self._seconds()
            steps, epochs = self.state.global_step, self.state.epoch or 0.0
            logs["train_runtime"] = round(seconds, 4)
            logs["train_samples_per_second"] = round(epochs * len(self.train_dataset) / seconds, 3)
            logs["train_steps_per_second"] = round(steps / seconds, 3)
            logs["train_loss"] = self._total_loss_scalar / max(steps, 1)
        super().log(logs, start_time)
        if not is_evaluation(self.state.log_history[-1]):
            self.state.log_history.pop()  # the journal has it, and each checkpoint would have all of them

    def _seconds(self) -> float:
        return self._seconds_before + time.monotonic() - self._started

    def _run_epoch(self, *args: Any, **kwargs: Any) -> None:
        """Train one epoch, but not past the end: a run may be resumed after its last step."""
        if self.control.should_training_stop or self.state.global_step >= self.state.max_steps:
            self.control.should_training_stop = True
            return
        super()._run_epoch(*args, **kwargs)

    def _maybe_log_save_evaluate(self, *args: Any, **kwargs: Any) -> None:
        """Log, evaluate, save; a stop inside the evaluation saves this step and leaves the evaluation owed."""
        try:
            super()._maybe_log_save_evaluate(*args, **kwargs)
        except Stopped:
            self.stopping = self.control.should_training_stop = self.control.should_save = True
            self.control.should_evaluate = False
            super()._maybe_log_save_evaluate(*args, **kwargs)

    def _determine_best_metric(self, metrics: dict[str, float], trial: Any) -> bool:
        """Note the best value and its step, and those before: a best that cannot be saved is none."""
        self._best_before = self.state.best_metric, self.state.best_global_step
        return bool(super()._determine_best_metric(metrics, trial))

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Save what there is of this step, and drop the checkpoints before; where the disk refuses, those stay.

        The last of a training waits for its disk. Raises Cancelled, and DiskRefused when nothing was saved to go on
        from or the last could not be.
        """
        step = self.state.global_step
        last = not self.stopping and (step >= self.state.max_steps or self.control.should_training_stop)
        save = partial(
            self._disk.insist if last else self._disk.write,
            partial(self._write_checkpoint, model, trial),
            f"The checkpoint of step {step}",
            self._size or self._estimate(),
            surely=self._size > 0,
        )
        try:
            with self.reporter.during("saving"):
                place, size = save()
        except DiskRefused as refusal:
            self._go_on_without(refusal, last)
            return
        self._size, self._refused = size, False
        best = self.state.best_global_step
        path = f"{self._folder.name}/{place.name}"
        self.reporter.journal.write("checkpoint", step=step, path=path, bytes=size, best=best == step)
        checkpoints.keep_only(self._folder, {step} | ({best} if best else set()))

    @property
    def unsaved_best(self) -> int | None:
        """The step of an evaluation that was better than those of all checkpoints, and could not be saved."""
        sign = 1 if self.args.greater_is_better else -1
        best = -math.inf if self.state.best_metric is None else sign * self.state.best_metric
        better = {step: sign * value for step, value in self._unsaved.items() if sign * value > best}
        return max(better, key=lambda step: better[step], default=None)

    def _write_checkpoint(self, model: Any, trial: Any) -> tuple[Path, int]:
        """Write a checkpoint in the staging folder, describe it, move it to its place; return that, and its size."""
        staging = Path(self.args.output_dir)
        staged = staging / folder_name(self.state.global_step)
        try:
            super()._save_checkpoint(model, trial)
            self._save_progress(staged)
            if self.evaluated() and self._scorer.logits is not None:
                predictions.write_predictions(
                    staged / predictions.FILE_NAME,
                    self._scorer.problem_type,
                    self._scorer.logits,
                    self.eval_dataset.labels,
                    self._hashes,
                )
            size = checkpoints.write_manifest(staged)
            return checkpoints.publish(staged, self._folder), size
        finally:
            rmtree(staging, ignore_errors=True)  # nothing is left there but what could not be written whole

    def _go_on_without(self, refusal: DiskRefused, last: bool) -> None:
        """Go on, or stop, without a checkpoint of this step; the best is again what was saved before."""
        step = self.state.global_step
        if self.state.best_global_step == step:
            self._unsaved[step] = self.state.best_metric
            self.state.best_metric, self.state.best_global_step = self._best_before
        asked = self.stopping or self.reporter.control.stop_requested
        if last and not asked:
            raise refusal
        ending = "Training goes on; the checkpoints before stay, and later ones are tried without a word."
        if self.stopping or last:
            earlier = checkpoints.find(self._folder).newest
            if earlier is None:
                raise refusal
            self.stopping = self.control.should_training_stop = True
            ending = f"The run stops, and will go on from step {step_of(earlier)} when it is resumed."
        elif self._refused:
            return  # a training that saves often would say it a thousand times
        self._refused, problem = True, refusal.problem
        self.reporter.warn(Problem(problem.title, f"{problem.message} {ending}", problem.hint))

    def _estimate(self) -> int:
        """About the bytes of a checkpoint: the weights, and for AdamW two numbers for each that learns."""
        weights = sum(each.numel() * each.element_size() for each in self.model.state_dict().values())
        learning = [each for each in self.model.parameters() if each.requires_grad]
        return int(weights + 2 * sum(each.numel() * each.element_size() for each in learning))

    def _save_progress(self, staged: Path) -> None:
        progress = {
            "loss_since_logged": self._tr_loss.item(),
            "loss_logged": self._total_loss_scalar,
            "last_logged_step": self._globalstep_last_logged,
            "seconds": self._seconds(),
            "choices": self._choices,
        }
        (staged / checkpoints.PROGRESS).write_text(json.dumps(progress), encoding="utf-8")
