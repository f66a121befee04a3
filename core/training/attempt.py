"""One attempt at a run: data, model, training, predictions."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any, Literal

from transformers import DataCollatorWithPadding, set_seed

from bertft_tui.core.checkpoint_folders import folder_name
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import Problem
from bertft_tui.core.journal import Launch
from bertft_tui.core.metric_names import best_metric, guess_loss
from bertft_tui.core.paths import RunDirectory, known_memory
from bertft_tui.core.training import checkpoints, predictions
from bertft_tui.core.training.arguments import training_arguments
from bertft_tui.core.training.begun_rows import check_rows, note_rows
from bertft_tui.core.training.callbacks import EarlyStopping, FlowCallback
from bertft_tui.core.training.data.corpus import Corpus
from bertft_tui.core.training.data.dataset import Datasets, draw, labels_of
from bertft_tui.core.training.data.tokenizing import tokenize
from bertft_tui.core.training.device import Choice, choose, settle_attention
from bertft_tui.core.training.failures import Load, memory_named
from bertft_tui.core.training.health import HealthCallback
from bertft_tui.core.training.journal_callback import JournalCallback
from bertft_tui.core.training.memory_probe import ProbeCallback, memory_of
from bertft_tui.core.training.metrics import Scorer
from bertft_tui.core.training.model.adapter_base import base_of, is_adapter
from bertft_tui.core.training.model.class_weights import balanced_weights
from bertft_tui.core.training.model.encoder import Encoder, load_encoder
from bertft_tui.core.training.model.layer_rates import note_shared_layers
from bertft_tui.core.training.model.losses import loss_of
from bertft_tui.core.training.model.model_files import ModelLocation
from bertft_tui.core.training.model.vocabulary import check_token_ids
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.reporter import Reporter
from bertft_tui.core.training.saving import Disk, DiskRefused
from bertft_tui.core.training.task import Task, check_task
from bertft_tui.core.training.trainer import RunTrainer
from bertft_tui.core.training.unused import unused_settings


class Attempt:
    """Everything that one attempt does between its first and its closing event."""

    def __init__(self, run: RunDirectory, config: RunConfig, launch: Launch, reporter: Reporter) -> None:
        self._run = run
        self._config = config
        self._launch = launch
        self._reporter = reporter
        self._checkpoint: Path | None = None

    def work(self, location: ModelLocation, corpus: Corpus) -> Literal["finished", "stopped"]:
        """Train, and say whether it finished or was stopped.

        Raises Cancelled, Stopped when there is nothing new to save, and BertftError for what a person can mend.
        """
        quiet_libraries()
        rmtree(self._run.staging, ignore_errors=True)
        try:
            with self._reporter.control.interruptible(), memory_named("loading", Load()):
                self._find_checkpoint()
                trainer = self._prepare(location, corpus)
            with memory_named("training", trainer.load):
                trainer.fine_tune(self._checkpoint)
        finally:
            rmtree(self._run.staging, ignore_errors=True)
        if trainer.stopping:
            return "stopped"
        self._keep_predictions(trainer.state.best_global_step, trainer.unsaved_best)
        return "finished"

    def _find_checkpoint(self) -> None:
        if not self._launch["resume"]:
            return
        found = checkpoints.find(self._run.checkpoints)
        self._checkpoint = found.newest
        if found.newest is None:
            self._reporter.warn(Problem("Training starts from the beginning", _lost(found.damaged)))
        elif found.damaged:
            message = f"{', '.join(found.damaged)} is damaged; training goes on from {found.newest.name}."
            self._reporter.warn(Problem("The newest checkpoint cannot be used", message))

    def _prepare(self, location: ModelLocation, corpus: Corpus) -> RunTrainer:
        config, reporter = self._config, self._reporter
        task = corpus.task
        check_task(config.training, task)
        choice = choose(config.hardware, self._launch)
        settle_attention(config.data.padding)
        rows = draw(corpus, config.data)
        reporter.control.check()
        if self._checkpoint is None:
            self._note_rows(rows)
        else:
            check_rows(self._run, rows)
        set_seed(config.training.seed)
        if self._checkpoint is not None and is_adapter(self._checkpoint):
            location = base_of(self._checkpoint, config.model)
        encoder = load_encoder(
            location, config.model, task, config.data.max_length, tell=reporter.tell, check=reporter.control.check
        )
        reporter.warn(*choice.notes)
        self._say_once(
            (
                *unused_settings(config),
                *corpus.notes,
                *rows.notes,
                *encoder.notes,
                *note_shared_layers(encoder.model, config.training.layer_lr_decay),
            )
        )
        reporter.phase("tokenizing")
        hashes = predictions.text_hashes(rows.evaluation)
        train, evaluation = (
            tokenize(part, encoder.tokenizer, config.data, reporter.control.check, place)
            for part, place in ((rows.train, corpus.train.place), (rows.evaluation, corpus.eval_place))
        )
        check_token_ids(encoder, train, evaluation)
        reporter.control.check()
        plan: dict[str, Any] = {"train_rows": len(train), "eval_rows": len(evaluation)}
        plan |= {"labels": list(task.labels), "problem_type": task.problem_type}
        plan["train_available"] = corpus.train_available
        data = {"train_dataset": train, "eval_dataset": evaluation, "hashes": hashes}
        return self._trainer(encoder, task, choice, plan, data)

    def _trainer(
        self, encoder: Encoder, task: Task, choice: Choice, plan: dict[str, Any], data: dict[str, Any]
    ) -> RunTrainer:
        training = self._config.training
        weights = None
        if training.class_weights == "balanced":
            weights = balanced_weights(labels_of(data["train_dataset"]), task)
            plan["class_weights"] = weights
        trainer = RunTrainer(
            reporter=self._reporter,
            folder=self._run.checkpoints,
            scorer=Scorer(task.problem_type),
            loss=loss_of(task, weights, training.label_smoothing_factor),
            layer_lr_decay=training.layer_lr_decay,
            on_nan=training.on_nan,
            precision=choice.precision,
            model=encoder.model,
            args=training_arguments(self._config, choice, self._run.staging, task.problem_type),
            processing_class=encoder.tokenizer,
            data_collator=DataCollatorWithPadding(encoder.tokenizer),
            **data,
        )
        plan |= {
            "metric_for_best_model": best_metric(training.metric_for_best_model, task.problem_type),
            "parameters": encoder.parameters,
            "trainable_parameters": encoder.trainable_parameters,
            "device": choice.name,
            "precision": choice.precision,
            "precision_reason": choice.precision_reason,
        }
        trainer.add_callback(JournalCallback(trainer, plan))
        if (memory := memory_of(trainer.args.device)) is not None:
            trainer.add_callback(ProbeCallback(trainer, memory, known_memory(), choice.precision))
        if training.early_stopping_patience is not None:
            trainer.add_callback(EarlyStopping(training.early_stopping_patience))
        trainer.add_callback(FlowCallback(trainer))
        guess = guess_loss(task.problem_type, task.num_labels)
        trainer.add_callback(HealthCallback(trainer, choice.precision, guess, training.on_divergence))
        return trainer

    def _note_rows(self, rows: Datasets) -> None:
        """Write down which rows the training begins with; a disk that is full now does not end it."""
        try:
            note_rows(self._run, rows)
        except OSError as error:
            what = (
                f"{self._run.rows_digest}: {error.strerror}. A resumed run will not notice if its data has changed."
            )
            self._reporter.warn(Problem("Its rows could not be written down", what))

    def _say_once(self, notes: Sequence[Problem]) -> None:
        """Warn in the attempt that starts the training; one that goes on has the same data and model."""
        if self._checkpoint is None:
            self._reporter.warn(*notes)

    def _keep_predictions(self, best: int | None, unsaved: int | None) -> None:
        if best is None:
            self._reporter.warn(
                Problem("There is no best checkpoint", "The metric was never a number, so no predictions are kept.")
            )
            return
        checkpoint = self._run.checkpoints / folder_name(best)
        if not checkpoints.is_whole(checkpoint):
            message = f"{checkpoint.name} is damaged or gone, so no predictions are kept."
            self._reporter.warn(Problem("The best checkpoint cannot be used", message))
            return
        if unsaved is not None:
            message = f"The checkpoint of step {unsaved}, which was better, could not be saved."
            self._reporter.warn(Problem(f"The best checkpoint that was saved is that of step {best}", message))
        copy = partial(predictions.publish, checkpoint, self._run.predictions)
        size = (checkpoint / predictions.FILE_NAME).stat().st_size
        try:
            rows = Disk(self._run.path, self._reporter).insist(copy, "What the best checkpoint predicts", size)
        except DiskRefused as refusal:
            self._reporter.warn(refusal.problem)
            return
        self._reporter.journal.write("predictions", step=best, rows=rows)


def _lost(damaged: tuple[str, ...]) -> str:
    if not damaged:
        return "There is no checkpoint in its directory."
    return f"No checkpoint is whole; damaged: {', '.join(damaged)}."
