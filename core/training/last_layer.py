"""The last layer computed for the first token of each text alone, since a classification head reads no other.

Keys and values are still those of all tokens, so that what comes of it is the same: what is saved are queries, the
output of attention and the feed-forward network of all other tokens, forwards and backwards.
"""

from collections.abc import Mapping
from types import MethodType
from typing import Any

from torch import Tensor, nn
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from bertft_tui.core.training.model.encoder import classifier_of
from bertft_tui.core.training.packed_attention import one_query_each
from bertft_tui.core.training.packing import ENDS, LONGEST, stack_of


def first_tokens_alone(model: nn.Module) -> None:
    """Have the last layer return (texts, 1, size), the first token of each text, padded or packed."""
    last: Any = stack_of(model).layer[-1]
    is_distilbert = classifier_of(model).config.model_type == "distilbert"
    last.forward = MethodType(_of_distilbert if is_distilbert else _of_bert, last)


def _of_bert(layer: Any, tokens: Tensor, mask: Tensor | None = None, *_: Any, **ends: Any) -> Tensor:
    """The layer of BERT, RoBERTa and ELECTRA."""
    attention = layer.attention.self
    first, found = _attend(attention, (attention.query, attention.key, attention.value), tokens, mask, ends)
    out: Tensor = layer.feed_forward_chunk(layer.attention.output(found, first))
    return out


def _of_distilbert(layer: Any, tokens: Tensor, mask: Tensor | None = None, *_: Any, **ends: Any) -> Tensor:
    attention = layer.attention
    first, found = _attend(attention, (attention.q_lin, attention.k_lin, attention.v_lin), tokens, mask, ends)
    attended = layer.sa_layer_norm(attention.out_lin(found) + first)
    out: Tensor = layer.output_layer_norm(layer.ffn(attended) + attended)
    return out


def _attend(
    attention: Any, projections: tuple[Any, Any, Any], tokens: Tensor, mask: Tensor | None, ends: Mapping[str, Any]
) -> tuple[Tensor, Tensor]:
    """Return the first token of each text before and after attention, both (texts, 1, size).

    `tokens`: (texts, tokens, size), or of packed texts (1, tokens, size); `ends`: where these begin and end.
    """
    begins = ends[ENDS][:-1].long() if ENDS in ends else slice(1)
    first = tokens[:, begins]
    to_query, to_key, to_value = projections
    query, key, value = (
        projected.unflatten(-1, (-1, attention.attention_head_size)).transpose(1, 2)
        for projected in (to_query(first), to_key(tokens), to_value(tokens))
    )
    attend = ALL_ATTENTION_FUNCTIONS[attention.config._attn_implementation]
    found, _ = attend(
        attention,
        query,
        key,
        value,
        None if mask is None else mask[:, :, begins],
        dropout=attention.dropout.p if attention.training else 0.0,
        scaling=attention.scaling,
        **(one_query_each(ends[ENDS], ends[LONGEST]) if ENDS in ends else {}),
    )
    texts = first.shape[0] * first.shape[1]
    return first.reshape(texts, 1, -1), found.reshape(texts, 1, -1)
