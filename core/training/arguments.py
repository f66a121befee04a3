"""A run's config as `TrainingArguments`."""

from pathlib import Path
from typing import Any

from transformers import TrainingArguments

from bertft_tui.core.config import RunConfig
from bertft_tui.core.metric_names import ProblemType, best_metric, direction_of, evaluation_name
from bertft_tui.core.training.device import Choice

#: Settings that bear the same name, and mean the same, here and there.
_SAME = (
    "num_train_epochs",
    "max_steps",
    "per_device_train_batch_size",
    "per_device_eval_batch_size",
    "gradient_accumulation_steps",
    "learning_rate",
    "lr_scheduler_type",
    "weight_decay",
    "max_grad_norm",
    "label_smoothing_factor",
    "seed",
    "optim",
    "train_sampling_strategy",
    "eval_strategy",
    "eval_on_start",
    "logging_steps",
)

#: Far beyond any training: with evaluation `no`, the Trainer saves at the last step only.
_NEVER = 2**40


def training_arguments(
    config: RunConfig, choice: Choice, staging: Path, problem_type: ProblemType = "single_label_classification"
) -> TrainingArguments:
    """Translate a config. `staging`: where the Trainer writes a checkpoint before it gets its place."""
    training = config.training
    metric = best_metric(training.metric_for_best_model, problem_type)
    values: dict[str, Any] = {name: getattr(training, name) for name in _SAME}
    warmup = training.warmup_steps
    arguments = TrainingArguments(
        output_dir=str(staging),
        **values,
        **_saving(config),
        warmup_steps=warmup if warmup < 1 else int(warmup),
        logging_first_step=True,
        logging_nan_inf_filter=False,  # else a NaN loss is written as 0.0
        metric_for_best_model=evaluation_name(metric),
        greater_is_better=direction_of(metric) == "up",
        bf16=choice.precision == "bf16",
        fp16=choice.precision == "fp16",
        use_cpu=choice.kind == "cpu",
        dataloader_num_workers=config.hardware.dataloader_num_workers,
        dataloader_pin_memory=config.hardware.dataloader_pin_memory and choice.kind == "cuda",
        tf32=True if choice.precision == "tf32" else None,
        disable_tqdm=True,
        report_to="none",
        log_level="error",
    )
    if arguments.n_gpu > 1:
        arguments._n_gpu = 1  # several visible GPUs would mean DataParallel, unasked
    return arguments


def _saving(config: RunConfig) -> dict[str, Any]:
    """Save whenever there is an evaluation."""
    training = config.training
    if training.eval_strategy == "steps":
        return {"eval_steps": training.eval_steps, "save_strategy": "steps", "save_steps": training.eval_steps}
    if training.eval_strategy == "epoch":
        return {"save_strategy": "epoch"}
    return {"save_strategy": "steps", "save_steps": _NEVER}
