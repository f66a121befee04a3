"""One attempt at a run: data, model, training, predictions."""

from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from typing import Any, Literal

from transformers import DataCollatorWithPadding, set_seed

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import Problem
from bertft_tui.core.journal import Launch
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training import checkpoints, predictions
from bertft_tui.core.training.arguments import training_arguments
from bertft_tui.core.training.callbacks import EarlyStopping, FlowCallback
from bertft_tui.core.training.data.corpus import Corpus
from bertft_tui.core.training.data.dataset import draw
from bertft_tui.core.training.data.tokenizing import tokenize
from bertft_tui.core.training.device import Choice, choose
from bertft_tui.core.training.journal_callback import JournalCallback
from bertft_tui.core.training.metrics import Scorer
from bertft_tui.core.training.model.encoder import Encoder, load_encoder
from bertft_tui.core.training.model.model_files import ModelLocation
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.reporter import Reporter
from bertft_tui.core.training.trainer import RunTrainer


class Attempt:
    """Everything that one attempt does between its first and its closing event."""

    def __init__(self, run: RunDirectory, config: RunConfig, launch: Launch, reporter: Reporter) -> None:
        self._run = run
        self._config = config
        self._launch = launch
        self._reporter = reporter
        self._checkpoint: Path | None = None

    @property
    def _staging(self) -> Path:
        """Where a checkpoint is written before it is whole."""
        return self._run.checkpoints / ".staging"

    def work(self, location: ModelLocation, corpus: Corpus) -> Literal["finished", "stopped"]:
        """Train, and say whether it finished or was stopped.

        Raises Cancelled, Stopped when there is nothing new to save, and BertftError for what a person can mend.
        """
        quiet_libraries()
        rmtree(self._staging, ignore_errors=True)
        try:
            self._find_checkpoint()
            trainer = self._prepare(location, corpus)
            trainer.fine_tune(self._checkpoint)
        finally:
            rmtree(self._staging, ignore_errors=True)
        if trainer.stopping:
            return "stopped"
        self._keep_predictions(trainer.state.best_global_step)
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
        choice = choose(config.hardware, self._launch)
        rows = draw(corpus, config.data)
        reporter.control.check()
        set_seed(config.training.seed)
        encoder = load_encoder(location, config.model, corpus.task.labels, config.data.max_length)
        reporter.warn(*choice.notes)
        self._say_once((*corpus.notes, *rows.notes, *encoder.notes))
        reporter.phase("tokenizing")
        hashes = predictions.text_hashes(rows.evaluation)
        train, evaluation = (
            tokenize(part, encoder.tokenizer, config.data, reporter.control.check, place)
            for part, place in ((rows.train, corpus.train.place), (rows.evaluation, corpus.eval_place))
        )
        reporter.control.check()
        plan: dict[str, Any] = {"train_rows": len(train), "eval_rows": len(evaluation)}
        plan |= {"labels": list(corpus.task.labels), "problem_type": corpus.task.problem_type}
        data = {"train_dataset": train, "eval_dataset": evaluation, "hashes": hashes}
        return self._trainer(encoder, choice, plan, data)

    def _trainer(self, encoder: Encoder, choice: Choice, plan: dict[str, Any], data: dict[str, Any]) -> RunTrainer:
        trainer = RunTrainer(
            reporter=self._reporter,
            folder=self._run.checkpoints,
            scorer=Scorer(),
            model=encoder.model,
            args=training_arguments(self._config, choice, self._staging),
            processing_class=encoder.tokenizer,
            data_collator=DataCollatorWithPadding(encoder.tokenizer),
            **data,
        )
        plan |= {
            "device": choice.name,
            "precision": choice.precision,
            "precision_reason": choice.precision_reason,
        }
        trainer.add_callback(JournalCallback(trainer, plan))
        if self._config.training.early_stopping_patience is not None:
            trainer.add_callback(EarlyStopping(self._config.training.early_stopping_patience))
        trainer.add_callback(FlowCallback(trainer))
        return trainer

    def _say_once(self, notes: Sequence[Problem]) -> None:
        """Warn in the attempt that starts the training; one that goes on has the same data and model."""
        if self._checkpoint is None:
            self._reporter.warn(*notes)

    def _keep_predictions(self, best: int | None) -> None:
        if best is None:
            self._reporter.warn(
                Problem("There is no best checkpoint", "The metric was never a number, so no predictions are kept.")
            )
            return
        checkpoint = self._run.checkpoints / checkpoints.folder_name(best)
        if not checkpoints.is_whole(checkpoint):
            message = f"{checkpoint.name} is damaged or gone, so no predictions are kept."
            self._reporter.warn(Problem("The best checkpoint cannot be used", message))
            return
        rows = predictions.publish(checkpoint, self._run.predictions)
        self._reporter.journal.write("predictions", step=best, rows=rows)


def _lost(damaged: tuple[str, ...]) -> str:
    if not damaged:
        return "No checkpoint had been saved."
    return f"No checkpoint is whole; damaged: {', '.join(damaged)}."
