"""How many layers of a model can be frozen; known from its config alone, so that it is said before a launch."""

from typing import Any

from bertft_tui.core.errors import ConfigError
from bertft_tui.core.sections import Layers

#: What architectures call the number of their layers.
_NAMES = ("num_hidden_layers", "n_layers", "n_layer", "num_layers")


def check_freezing(config: dict[str, Any], layers: Layers) -> None:
    """See that so many layers can be frozen. `config`: what the model's config.json says. Raises ConfigError."""
    if layers in (0, "all"):
        return
    model_type = str(config.get("model_type"))
    found = next((config[name] for name in _NAMES if isinstance(config.get(name), int)), None)
    groups = config.get("num_hidden_groups", 1) if model_type == "albert" else found
    whole = "Set model.freeze_layers = 'all' to train the head alone, or 0 to train everything."
    if found is not None and groups != found:
        raise ConfigError(
            "The layers share their weights",
            f"model.freeze_layers is {layers}, but the {found} layers of this {model_type} model have the same "
            "weights: they can be frozen together only.",
            whole,
        )
    if found is not None and layers > found:
        raise ConfigError(
            "The model has fewer layers",
            f"model.freeze_layers is {layers}, but this {model_type} model has {found} layers.",
            f"Set model.freeze_layers to at most {found}, or to 'all'.",
        )
