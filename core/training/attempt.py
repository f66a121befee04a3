"""One attempt at a run: data, model, training, predictions."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any, Literal

from transformers import set_seed

from bertft_tui.core.checkpoint_folders import folder_name
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import Problem
from bertft_tui.core.journal import Launch
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training import checkpoints, predictions
from bertft_tui.core.training.batch_size import cuts_of
from bertft_tui.core.training.begun_rows import check_rows, note_rows
from bertft_tui.core.training.data.corpus import Corpus
from bertft_tui.core.training.data.dataset import Datasets, draw
from bertft_tui.core.training.device import choose, settle_attention
from bertft_tui.core.training.failures import AttemptFailed, Load, memory_named
from bertft_tui.core.training.last_layer import first_tokens_alone
from bertft_tui.core.training.model.adapter_base import base_of, is_adapter
from bertft_tui.core.training.model.dropout_masks import quicken
from bertft_tui.core.training.model.encoder import load_encoder
from bertft_tui.core.training.model.layer_rates import note_shared_layers
from bertft_tui.core.training.model.model_files import ModelLocation, read_json
from bertft_tui.core.training.packing_trial import settle_and_try
from bertft_tui.core.training.prepared import Prepared, trainer_of
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.reporter import Reporter
from bertft_tui.core.training.sampling import order_of
from bertft_tui.core.training.saving import Disk, DiskRefused
from bertft_tui.core.training.task import check_task
from bertft_tui.core.training.tokenized import batching_of, leave_out_absent, tokenized
from bertft_tui.core.training.trainer import RunTrainer
from bertft_tui.core.training.unused import unused_settings
from bertft_tui.core.training.wide_attention import widen


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
                prepared = self._prepare(location, corpus)
            trainer = self._train(prepared)
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

    def _prepare(self, location: ModelLocation, corpus: Corpus) -> Prepared:
        config, reporter = self._config, self._reporter
        task = corpus.task
        check_task(config.training, task)
        before = checkpoints.choices_of(self._checkpoint)
        choice = choose(config.hardware, self._launch, before)
        rows = draw(corpus, config.data)
        reporter.control.check()
        if self._checkpoint is None:
            self._note_rows(rows)
        else:
            check_rows(self._run, rows)
        set_seed(config.training.seed)
        if self._checkpoint is not None and is_adapter(self._checkpoint):
            location = base_of(self._checkpoint, config.model)
        recipe = settle_and_try(config, read_json(location.folder / "config.json"), choice.place, before)
        settle_attention(recipe.padding)
        section = config.model.model_copy(update={"attention_dropout": recipe.attention_dropout})
        encoder = load_encoder(
            location, section, task, config.data.max_length, tell=reporter.tell, check=reporter.control.check
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
        if recipe.wide_attention:
            widen(encoder.model)
        if recipe.quick_dropout:
            quicken(encoder.model)
        if recipe.first_token_alone:
            first_tokens_alone(encoder.model)
        batching = batching_of(recipe, encoder, config)
        data: dict[str, Any] = dict(tokenized(rows, corpus, encoder, config, batching, check=reporter.control.check))
        data["hashes"] = predictions.text_hashes(rows.evaluation)
        reporter.control.check()
        plan: dict[str, Any] = {"train_rows": len(rows.train), "eval_rows": len(rows.evaluation)}
        plan |= {"parameters": encoder.parameters, "trainable_parameters": encoder.trainable_parameters}
        recipe = leave_out_absent(recipe, encoder, data["train_dataset"], before)
        if config.hardware.torch_compile:
            encoder.model.compile(dynamic=recipe.padding != "max_length")
        plan |= {"labels": list(task.labels), "problem_type": task.problem_type}
        plan["train_available"] = corpus.train_available
        cuts = cuts_of(config.training, choice.kind, int(data["train_dataset"].lengths.max()), before)
        order = order_of(config.training, recipe.padding, len(rows.train), before)
        return Prepared(encoder, task, choice, recipe, cuts, order, data, plan)

    def _train(self, prepared: Prepared) -> RunTrainer:
        """Train, with passes as large as the device has room for; what was tried before leaves no trace."""
        *larger, smallest = prepared.cuts.ways
        for cut in larger:
            trainer = trainer_of(self._run, self._config, self._reporter, prepared, cut)
            try:
                return self._trained(trainer)
            except AttemptFailed as error:
                if error.facts.get("during") != "probe":
                    raise
            trainer.accelerator.unwrap_model(prepared.encoder.model, keep_fp32_wrapper=False)
            trainer.accelerator.free_memory()
        return self._trained(trainer_of(self._run, self._config, self._reporter, prepared, smallest))

    def _trained(self, trainer: RunTrainer) -> RunTrainer:
        with memory_named("training", trainer.load):
            trainer.fine_tune(self._checkpoint)
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
        if not checkpoints.is_whole(checkpoint, predictions.FILE_NAME):  # the rest may be gigabytes
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
