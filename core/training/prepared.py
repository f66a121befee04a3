"""All that an attempt has before it trains, and the Trainer that is made of it."""

from dataclasses import dataclass, replace
from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.metric_names import best_metric, guess_loss
from bertft_tui.core.paths import RunDirectory, known_memory
from bertft_tui.core.training.arguments import training_arguments
from bertft_tui.core.training.batch_size import Cut, Cuts
from bertft_tui.core.training.callbacks import EarlyStopping, FlowCallback
from bertft_tui.core.training.device import Choice
from bertft_tui.core.training.health import HealthCallback
from bertft_tui.core.training.journal_callback import JournalCallback
from bertft_tui.core.training.memory_probe import ProbeCallback, memory_of
from bertft_tui.core.training.metrics import Scorer
from bertft_tui.core.training.model.class_weights import balanced_weights
from bertft_tui.core.training.model.encoder import Encoder
from bertft_tui.core.training.model.losses import loss_of
from bertft_tui.core.training.recipe import Recipe
from bertft_tui.core.training.reporter import Reporter
from bertft_tui.core.training.sampling import ORDER, Order
from bertft_tui.core.training.task import Task
from bertft_tui.core.training.trainer import RunTrainer


@dataclass(frozen=True)
class Prepared:
    """Model, rows and decisions. `data`: arguments of RunTrainer; `plan`: what is known of what is ahead."""

    encoder: Encoder
    task: Task
    choice: Choice
    recipe: Recipe
    cuts: Cuts
    order: Order
    data: dict[str, Any]
    plan: dict[str, Any]


def trainer_of(run: RunDirectory, config: RunConfig, reporter: Reporter, prepared: Prepared, cut: Cut) -> RunTrainer:
    """Make the Trainer of a run whose steps are cut in this way."""
    training, task, choice = config.training, prepared.task, prepared.choice
    weights = None
    if training.class_weights == "balanced":
        weights = balanced_weights(prepared.data["train_dataset"].labels, task)
    cut_config = config.with_settings(
        {
            "training.per_device_train_batch_size": cut.texts,
            "training.gradient_accumulation_steps": cut.passes,
            "training.train_sampling_strategy": prepared.order.strategy,
        }
    )
    trainer = RunTrainer(
        reporter=reporter,
        folder=run.checkpoints,
        scorer=Scorer(task.problem_type),
        loss=loss_of(task, weights, training.label_smoothing_factor),
        layer_lr_decay=training.layer_lr_decay,
        on_nan=training.on_nan,
        precision=choice.precision,
        model=prepared.encoder.model,
        args=training_arguments(cut_config, choice, run.staging, task.problem_type),
        processing_class=prepared.encoder.tokenizer,
        eval_by_length=training.eval_sampling_strategy == "length",
        choices={**prepared.recipe.kept(), "batch": cut.texts, ORDER: prepared.order.strategy},
        **prepared.data,
    )
    if (memory := memory_of(trainer.args.device)) is not None:  # first: a batch that does not fit plans nothing
        trainer.add_callback(ProbeCallback(trainer, memory, known_memory(), prepared.recipe))
    trainer.add_callback(JournalCallback(trainer, _plan(config, prepared, weights, cut)))
    if training.early_stopping_patience is not None:
        trainer.add_callback(EarlyStopping(training.early_stopping_patience))
    trainer.add_callback(FlowCallback(trainer))
    guess = guess_loss(task.problem_type, task.num_labels)
    trainer.add_callback(HealthCallback(trainer, choice.precision, guess, training.on_divergence))
    return trainer


def _plan(config: RunConfig, prepared: Prepared, weights: list[float] | None, cut: Cut) -> dict[str, Any]:
    """What the journal says of what is ahead."""
    choice = prepared.choice
    parts = prepared.recipe.parts
    if prepared.order.part is not None:
        parts = (*parts, prepared.order.part)
    if prepared.cuts.part is not None:
        parts = (*parts, replace(prepared.cuts.part, value=f"{cut.texts} × {cut.passes}"))
    plan = {
        **prepared.plan,
        "metric_for_best_model": best_metric(config.training.metric_for_best_model, prepared.task.problem_type),
        "device": choice.name,
        "precision": choice.precision,
        "precision_reason": choice.precision_reason,
        "recipe": [part.as_dict() for part in parts],
    }
    return plan if weights is None else plan | {"class_weights": weights}
