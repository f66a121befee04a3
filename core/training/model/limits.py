"""What settings ask of a model that it does not have; known from its config, so that it is said before a launch.

No torch here. How a model is built, and what its layers are called, is known of the usual architectures; of others it
is seen when they are loaded, and said with the same errors.
"""

import importlib.util
from typing import Any

from bertft_tui.core.errors import ConfigError
from bertft_tui.core.sections import Layers, ModelSection
from bertft_tui.core.training.model.architecture_names import NO_ATTENTION_DROPOUT, NO_LINEAR_LAYERS, NO_STACK

#: What architectures call the number of their layers.
_NAMES = ("num_hidden_layers", "n_layers", "n_layer", "num_layers")

_ALL_OR_NONE = "Set model.freeze_layers = 'all' to train the head alone, or 0 to train everything."


def check_limits(config: dict[str, Any], section: ModelSection, layer_lr_decay: float) -> None:
    """See that a model has what settings are about. `config`: what its config.json says. Raises ConfigError."""
    model_type = str(config.get("model_type"))
    dropout = section.attention_dropout
    if dropout is not None and dropout != "auto" and model_type in NO_ATTENTION_DROPOUT:
        raise no_dropout("attention_dropout", dropout, model_type)
    if section.lora_r is not None and model_type in NO_STACK | NO_LINEAR_LAYERS:
        raise no_lora(model_type)
    if layer_lr_decay < 1 and model_type in NO_STACK:
        raise no_layer_rates(layer_lr_decay, model_type)
    if section.freeze_layers not in (0, "all") and model_type in NO_STACK:
        raise no_layers_to_freeze(section.freeze_layers, model_type)
    check_freezing(config, section.freeze_layers)


def check_peft(lora_r: int | None) -> None:
    """See that `peft` is installed when LoRA is asked for. Raises ConfigError."""
    if lora_r is not None and importlib.util.find_spec("peft") is None:
        raise ConfigError(
            "LoRA needs peft",
            f"model.lora_r is {lora_r}, but the package peft is not installed.",
            "Install the extra: pip install 'bertft-tui[lora]'; or leave model.lora_r empty.",
        )


def check_freezing(config: dict[str, Any], layers: Layers) -> None:
    """See that so many layers can be frozen. `config`: what the model's config says. Raises ConfigError."""
    if layers in (0, "all"):
        return
    model_type = str(config.get("model_type"))
    found = next((config[name] for name in _NAMES if isinstance(config.get(name), int)), None)
    groups = config.get("num_hidden_groups", 1) if model_type == "albert" else found
    if found is not None and groups != found:
        raise ConfigError(
            "The layers share their weights",
            f"model.freeze_layers is {layers}, but the {found} layers of this {model_type} model have the same "
            "weights: they can be frozen together only.",
            _ALL_OR_NONE,
        )
    if found is not None and layers > found:
        raise ConfigError(
            "The model has fewer layers",
            f"model.freeze_layers is {layers}, but this {model_type} model has {found} layers.",
            f"Set model.freeze_layers to at most {found}, or to 'all'.",
        )


def no_dropout(setting: str, value: float, model_type: str) -> ConfigError:
    """The error for a dropout that an architecture does not have."""
    return ConfigError(
        "The model has no such dropout",
        f"model.{setting} is {value:g}, but the config of a {model_type} model has no such setting.",
        f"Leave model.{setting} empty.",
    )


def no_layers_to_freeze(layers: Layers, model_type: str) -> ConfigError:
    """The error for layers to freeze where they cannot be told apart."""
    return ConfigError(
        "The layers cannot be told apart",
        f"model.freeze_layers is {layers}, but how a {model_type} model names its layers is not known.",
        _ALL_OR_NONE,
    )


def no_layer_rates(decay: float, model_type: str) -> ConfigError:
    """The error for a learning rate for each layer where they cannot be told apart."""
    return ConfigError(
        "The layers cannot be told apart",
        f"training.layer_lr_decay is {decay:g}, but how a {model_type} model names its layers is not known.",
        "Set training.layer_lr_decay = 1.",
    )


def no_lora(model_type: str) -> ConfigError:
    """The error for LoRA where its matrices have no place."""
    return ConfigError(
        "LoRA does not know this architecture",
        f"model.lora_r is set, but where a {model_type} model has the linear layers that LoRA stands beside is not "
        "known.",
        "Leave model.lora_r empty; model.freeze_layers = 'all' trains the head alone.",
    )
