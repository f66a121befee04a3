"""Which parameters of a model belong to its embeddings, to which layer, and to its head."""

from dataclasses import dataclass

from torch import nn
from transformers import PreTrainedModel

#: What stands beside the layers and belongs below them: all kinds of embeddings, DeBERTa's norm of the relative ones
#: and the convolution over its first layer, MPNet's relative positions, what CANINE does to characters.
_BELOW = (
    "emb",
    "encoder.LayerNorm",
    "encoder.conv",
    "relative_attention_bias",
    "initial_char_encoder",
    "chars_to_molecules",
)

#: How the list of an encoder's layers is called; other lists of that length are parts of layers.
_STACKS = ("layer", "layers", "albert_layer_groups")

#: Where `peft` puts the model that it wraps.
_WRAPPED = "base_model.model."


@dataclass(frozen=True)
class Anatomy:
    """The parts of a model, by the names of its parameters.

    The head is all that is not the encoder, and the pooler: it belongs to the classification and is often new.
    """

    base: str  # "bert."
    stack: str  # "bert.encoder.layer."; empty when the layers are not known
    layers: int  # sets of weights: ALBERT's layers share one
    named_layers: int  # what its config says

    @property
    def shared(self) -> bool:
        """Whether several layers have the same weights."""
        return self.layers < self.named_layers

    @property
    def head_depth(self) -> int:
        """The depth of the head: one above the highest layer."""
        return self.layers + 1

    def depth(self, name: str) -> int:
        """Return 0 for embeddings, 1 for the lowest layer and so on; a norm after all layers counts to the last."""
        name = name.removeprefix(_WRAPPED)
        if self.is_head(name):
            return self.head_depth
        if self.stack and name.startswith(self.stack):
            return int(name.removeprefix(self.stack).partition(".")[0]) + 1
        inside = name.removeprefix(self.base)
        return 0 if any(word in inside for word in _BELOW) else self.layers

    def is_head(self, name: str) -> bool:
        """Whether a parameter belongs to the head."""
        name = name.removeprefix(_WRAPPED)
        return not name.startswith(self.base) or "pooler" in name


def anatomy_of(model: PreTrainedModel) -> Anatomy:
    """Find the parts of a model, also of one that `peft` has wrapped."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    base = inner.base_model_prefix + "."
    named = int(getattr(inner.config, "num_hidden_layers", 0))
    sets = int(getattr(inner.config, "num_hidden_groups", named))
    for name, module in inner.named_modules():
        called = name.startswith(base) and name.endswith(_STACKS)
        if called and isinstance(module, nn.ModuleList) and len(module) == sets > 0:
            return Anatomy(base, name + ".", sets, named)
    return Anatomy(base, "", 0, named)
