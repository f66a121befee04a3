"""Settings that nothing comes of beside others: told and not refused, for stored runs have such configs too."""

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import Problem
from bertft_tui.core.sections import ModelSection, TrainingSection
from bertft_tui.core.value_text import format_value


def unused_settings(config: RunConfig) -> tuple[Problem, ...]:
    """Name each setting that has no effect, and what would give it one."""
    model, training = config.model, config.training
    found = []
    if training.warmup_steps > 0 and training.lr_scheduler_type == "constant":
        why = "with training.lr_scheduler_type = 'constant' the learning rate does not rise first"
        way = "Set training.lr_scheduler_type = 'constant_with_warmup', or training.warmup_steps = 0."
        found.append(_unused("training.warmup_steps", training.warmup_steps, why, way))
    if training.eval_steps is not None and training.eval_strategy != "steps":
        why = f"training.eval_strategy is {training.eval_strategy!r}"
        found.append(
            _unused("training.eval_steps", training.eval_steps, why, "Set training.eval_strategy = 'steps'.")
        )
    found += _of_the_batch(training)
    for name in ("lora_alpha", "lora_dropout"):
        value = getattr(model, name)
        if model.lora_r is None and value != ModelSection.model_fields[name].default:
            why = "without model.lora_r there is no LoRA"
            found.append(_unused(f"model.{name}", value, why, "Set model.lora_r, the rank of LoRA."))
    return tuple(found)


def _of_the_batch(training: TrainingSection) -> list[Problem]:
    """Name the texts of a step where those of a pass say how large it is."""
    default = TrainingSection.model_fields["train_batch_size"].default
    if training.per_device_train_batch_size != "auto" and training.train_batch_size != default:
        why = "training.per_device_train_batch_size is a number, which says how large a step is"
        way = "Set training.per_device_train_batch_size = 'auto'."
        return [_unused("training.train_batch_size", training.train_batch_size, why, way)]
    return []


def _unused(setting: str, value: float, why: str, way: str) -> Problem:
    return Problem(f"{setting} has no effect", f"It is {format_value(value)}, but {why}.", way)
