"""Parts of the encoder that stay as they are."""

from transformers import PreTrainedModel

from bertft_tui.core.sections import Layers
from bertft_tui.core.training.model.anatomy import anatomy_of
from bertft_tui.core.training.model.limits import check_freezing, no_layers_to_freeze


def freeze(model: PreTrainedModel, layers: Layers) -> None:
    """Freeze the embeddings and so many of the lowest layers, or with `all` everything but the head.

    What is frozen keeps its dropout: it blurs what the parts above learn from, as it did before. Raises ConfigError
    when there are not so many layers, or when they cannot be told apart.
    """
    if layers == 0:
        return
    check_freezing(model.config.to_dict(), layers)
    anatomy = anatomy_of(model)
    if layers != "all" and not anatomy.stack:
        raise no_layers_to_freeze(layers, model.config.model_type)
    for name, parameter in model.named_parameters():
        if not anatomy.is_head(name) and (layers == "all" or anatomy.depth(name) <= layers):
            parameter.requires_grad = False
