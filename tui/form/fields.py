"""The fields of the form: their declarations, what each allows, and which an error names."""

import re
from functools import partial
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from bertft_tui.core.config import SECTIONS, RunConfig
from bertft_tui.core.errors import Problem
from bertft_tui.core.grid import written
from bertft_tui.core.sections import MOST_AT_ONCE
from bertft_tui.core.value_text import format_value

#: What a person says about the run, above the settings.
SAID: dict[str, str] = {
    "name": "What the run is called in the table; empty: what stands there in grey.",
    "experiment": "The group that the run belongs to; the runs of a list share one.",
    "tags": "Words to find the run by, separated by blanks.",
    "note": "A line on what the run is for.",
}

#: Settings that are rarely changed: they stand under “more …” until one differs from its default.
RARE = frozenset(
    {
        "model.revision",
        "model.trust_remote_code",
        "model.attn_implementation",
        "model.attention_dropout",
        "model.hidden_dropout",
        "model.dropout_masks",
        "model.trained_embeddings",
        "model.last_layer",
        "model.lora_alpha",
        "model.lora_dropout",
        "data.config_name",
        "data.revision",
        "data.eval_fraction",
        "data.text_pair_column",
        "data.problem_type",
        "data.encoding",
        "data.stratify",
        "data.subset_seed",
        "data.truncation",
        "data.load_from_cache_file",
        "training.max_steps",
        "training.per_device_train_batch_size",
        "training.per_device_eval_batch_size",
        "training.max_grad_norm",
        "training.label_smoothing_factor",
        "training.layer_lr_decay",
        "training.optim",
        "training.train_sampling_strategy",
        "training.eval_sampling_strategy",
        "training.eval_on_start",
        "training.logging_steps",
        "training.metric_for_best_model",
        "training.on_nan",
        "training.on_divergence",
        "hardware.torch_compile",
        "hardware.dataloader_num_workers",
        "hardware.dataloader_pin_memory",
    }
)

#: Settings whose values errors name.
_PLACES = ("model.name_or_path", "data.dataset")


def field_keys() -> list[str]:
    """All settings as `section.field`, in the order of their declaration."""
    return [f"{section}.{name}" for section, model in SECTIONS.items() for name in model.model_fields]


def info_of(key: str) -> FieldInfo:
    """The declaration of a setting."""
    section, _, name = key.partition(".")
    return SECTIONS[section].model_fields[name]


def choices(key: str) -> tuple[str, ...]:
    """The values that a setting offers; nothing when it is typed."""
    annotation = info_of(key).annotation
    if annotation is bool:
        return ("false", "true")
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    if any(get_origin(part) is not Literal for part in parts):
        return ()
    return tuple(str(value) for part in parts for value in get_args(part))


def may_be_empty(key: str) -> bool:
    """Whether no value is a value."""
    return type(None) in get_args(info_of(key).annotation)


def is_bounded(key: str) -> bool:
    """Whether a setting takes less than any text, and its description does not say so already."""
    return not allowed(key).startswith("a text") and not _has_pattern(key)


def _has_pattern(key: str) -> bool:
    return any(getattr(item, "pattern", None) for item in info_of(key).metadata)


def allowed(key: str) -> str:
    """What a setting allows, in a few words."""
    if offered := choices(key):
        return "one of " + ", ".join(offered)
    info = info_of(key)
    if _has_pattern(key):
        return (info.description or "").partition(";")[0]
    kinds = {info.annotation, *get_args(info.annotation)}
    if Literal["all"] in kinds:
        return f"a whole number of at least {_least(info.metadata)}, or all"
    if Literal["auto"] in kinds and int in kinds:
        return f"a whole number from 1 up to {MOST_AT_ONCE:,}, or auto"
    if Literal["auto"] in kinds:
        return "a number from 0, below 1, auto, or nothing"
    words = [_kind(kinds), *(_bound(item) for item in info.metadata)]
    if may_be_empty(key):
        words.append("or nothing")
    return " ".join(word for word in words if word).replace(" below", ", below").replace(" up to", ", up to")


def _least(metadata: list[Any]) -> int:
    """The smallest number that a field takes which also takes `all`: it is bound to the field's validator."""
    bound = (item.func for item in metadata if isinstance(item, BeforeValidator))
    return next(int(func.args[0]) for func in bound if isinstance(func, partial))


def _kind(kinds: set[Any]) -> str:
    return "a whole number" if int in kinds else "a number" if float in kinds else "a text"


def _bound(item: Any) -> str:
    match item:
        case Gt():
            return f"above {_limit(item.gt)}"
        case Ge():
            return f"from {_limit(item.ge)}"
        case Lt():
            return f"below {_limit(item.lt)}"
        case Le():
            return f"up to {_limit(item.le)}"
        case MinLen():
            return "that is not empty"
    return ""


def _limit(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else format_value(value)


def named_in(problem: Problem, texts: dict[str, str]) -> str | None:
    """The first setting that an error names, in its message or else its hint; None when it names none.

    `texts`: what stands in each setting: an error on a file or a model has its name, and not that of the setting.
    """
    words = re.findall(r"[a-z]+\.[a-z_]+", f"{problem.message}\n{problem.hint}")
    named = next((word for word in words if word in field_keys()), None)
    return named or next((key for key in _PLACES if texts[key] and texts[key] in problem.message), None)


def default_text(key: str) -> str:
    """What stands in a setting that nobody has changed."""
    return format_value(info_of(key).default)


def is_default(key: str, text: str) -> bool:
    """Whether a text in a setting means its default."""
    return text.strip() == default_text(key)


def texts_of(config: RunConfig) -> dict[str, str]:
    """A config as the texts of a form's fields."""
    return {key: written(key, value) for key, value in config.flat().items()}
