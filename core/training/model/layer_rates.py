"""Learning rates that fall from the head down to the embeddings."""

from collections.abc import Collection
from typing import Any

from transformers import PreTrainedModel

from bertft_tui.core.errors import Problem
from bertft_tui.core.training.model.anatomy import anatomy_of
from bertft_tui.core.training.model.limits import no_layer_rates


def layer_groups(
    model: PreTrainedModel, decayed: Collection[str], *, rate: float, decay: float, weight_decay: float
) -> list[dict[str, Any]]:
    """Return the optimizer's parameter groups: the head at `rate`, each part below it `decay` times slower.

    `decayed` names the parameters that weight decay pulls at. The head's group comes first: its rate is the one that
    the Trainer logs. Raises ConfigError when the layers are not known.
    """
    anatomy = anatomy_of(model)
    if not anatomy.stack:
        raise no_layer_rates(decay, model.config.model_type)
    groups: dict[tuple[int, bool], dict[str, Any]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        below = anatomy.head_depth - anatomy.depth(name)
        key = (below, name not in decayed)
        options = {"lr": rate * decay**below, "weight_decay": 0.0 if key[1] else weight_decay}
        groups.setdefault(key, {"params": [], **options})["params"].append(parameter)
    return [groups[key] for key in sorted(groups)]


def note_shared_layers(model: PreTrainedModel, decay: float) -> tuple[Problem, ...]:
    """Say what becomes of layer-wise rates when the layers share their weights."""
    anatomy = anatomy_of(model)
    if decay == 1 or not anatomy.shared:
        return ()
    return (
        Problem(
            "The layers share their weights",
            f"All {anatomy.named_layers} layers have the same weights, so they learn at one rate: the head's times "
            f"{decay:g}; the embeddings at that times {decay:g} again.",
        ),
    )
