"""The pretrained encoder with a new classification head, and its tokenizer."""

from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from bertft_tui.core.config import ModelSection
from bertft_tui.core.errors import ConfigError, ModelError, Problem
from bertft_tui.core.packaged import DEMO
from bertft_tui.core.training.model.head import describe_loading
from bertft_tui.core.training.model.model_files import ModelLocation, check_demo_weights, check_max_length

#: The names that architectures give to one and the same setting; all that a model has are set.
_ATTENTION_DROPOUT = ("attention_probs_dropout_prob", "attention_dropout", "attn_pdrop")
_HIDDEN_DROPOUT = ("hidden_dropout_prob", "hidden_dropout", "dropout", "embedding_dropout", "mlp_dropout")
_CLASSIFIER_DROPOUT = (
    "classifier_dropout",
    "classifier_dropout_prob",
    "seq_classif_dropout",
    "summary_last_dropout",
    "cls_dropout",
    "pooler_dropout",
)


@dataclass(frozen=True)
class Encoder:
    """A model on the processor in fp32, its tokenizer, and what a person should know about them."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    notes: tuple[Problem, ...]


def load_encoder(location: ModelLocation, section: ModelSection, labels: tuple[str, ...], max_length: int) -> Encoder:
    """Load model and tokenizer; the labels are kept in its config. Draws the new head from torch's generator.

    Raises ModelError, and ConfigError when the model lacks a setting.
    """
    options: dict[str, Any] = {"trust_remote_code": section.trust_remote_code}
    if location.folder is None:
        options |= {"revision": section.revision or "main", "local_files_only": not _ask_hub(location, section)}
    elif section.name_or_path == DEMO:
        check_demo_weights(location.folder)
    try:
        config = AutoConfig.from_pretrained(location.source, **options)
        check_max_length(config.to_dict(), max_length)
        _set_dropouts(config, section)
        tokenizer = AutoTokenizer.from_pretrained(location.source, **options)
        model, info = _load_model(location, section, _with_labels(config, labels), options)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError, SafetensorError) as error:
        raise ModelError(
            "The model cannot be loaded",
            f"{location.source}: {str(error).strip().partition(chr(10))[0]}",
            "Check model.name_or_path; the log has the whole story.",
        ) from error
    return Encoder(model, tokenizer, describe_loading(model, info))


def _ask_hub(location: ModelLocation, section: ModelSection) -> bool:
    from bertft_tui.core.training.hub import hub_is_needed

    return hub_is_needed(location.name, section.revision)


def _load_model(
    location: ModelLocation, section: ModelSection, config: PretrainedConfig, options: dict[str, Any]
) -> tuple[PreTrainedModel, dict[str, Any]]:
    if section.attn_implementation != "auto":
        options = options | {"attn_implementation": section.attn_implementation}
    model, info = AutoModelForSequenceClassification.from_pretrained(
        location.source,
        config=config,
        dtype=torch.float32,  # else the checkpoint's own, and half-precision weights do not fine-tune
        use_safetensors=True,
        ignore_mismatched_sizes=True,  # a head for other labels is replaced, and `describe_loading` says so
        output_loading_info=True,
        **options,
    )
    # Else the Trainer leaves out its division by the accumulation steps, which the heads do not make up for.
    model.accepts_loss_kwargs = False
    return model, info


def _with_labels(config: PretrainedConfig, labels: tuple[str, ...]) -> PretrainedConfig:
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: number for number, label in enumerate(labels)}
    config.problem_type = "single_label_classification"
    return config


def _set_dropouts(config: PretrainedConfig, section: ModelSection) -> None:
    _set(config, "attention_dropout", section.attention_dropout, _ATTENTION_DROPOUT)
    _set(config, "hidden_dropout", section.hidden_dropout, _HIDDEN_DROPOUT, _CLASSIFIER_DROPOUT)


def _set(
    config: PretrainedConfig, setting: str, value: float | None, names: tuple[str, ...], more: tuple[str, ...] = ()
) -> None:
    if value is None:
        return
    if not any(hasattr(config, name) for name in names):
        raise ConfigError(
            "The model has no such dropout",
            f"model.{setting} is {value:g}, but a {config.model_type} config has none of {', '.join(names)}.",
            f"Leave model.{setting} empty.",
        )
    for name in (*names, *more):
        if hasattr(config, name):
            setattr(config, name, value)
