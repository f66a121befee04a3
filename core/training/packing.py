"""Texts end to end in one row, without any padding: their batches, and what makes an encoder keep them apart.

On a GPU attention is that of `torch.nn.attention.varlen`, which is told where each text ends. Elsewhere it is
`scaled_dot_product_attention` with a mask that lets the tokens of a text see each other alone: the same numbers, for
a check, and as slow as one long text. All else of an encoder looks at one token at a time, but for the head, which
gets the first token of each text in place of the first of the row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.attention.varlen import varlen_attn
from transformers import AttentionInterface, PretrainedConfig

from bertft_tui.core.training.data.tokens import IDS, MASK, Tokens
from bertft_tui.core.training.model.architecture_names import OFFSET
from bertft_tui.core.training.model.encoder import classifier_of
from bertft_tui.core.training.recipe import VARLEN

#: Where each text begins, and where the last one ends: the name that `transformers` gives to it.
ENDS = "cu_seq_lens_q"
_LONGEST = "max_length_q"


@dataclass(frozen=True)
class Packing:
    """Puts the texts of a batch end to end. `first_position`: the number of a text's first position."""

    first_position: int = 0
    masked: bool = True  # attention needs a mask; without one it is told where texts end

    def batch(self, tokens: Tokens, rows: Sequence[int]) -> dict[str, Any]:
        """Return texts in this order as one row (1, tokens) of each column and of `position_ids`, all int64.

        `cu_seq_lens_q` (texts + 1, int32): where each begins. With a mask: `attention_mask` (1, 1, tokens, tokens),
        true where two tokens are of one text.
        """
        chosen = np.asarray(rows, np.int64)
        lengths, places = tokens.lengths[chosen], tokens.places(chosen)
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        batch: dict[str, Any] = {
            name: torch.from_numpy(column[places].astype(np.int64))[None] for name, column in tokens.columns.items()
        }
        position = np.arange(ends[-1]) - np.repeat(ends[:-1], lengths) + self.first_position
        batch["position_ids"] = torch.from_numpy(position)[None]
        batch[ENDS] = torch.from_numpy(ends.astype(np.int32))
        if self.masked:
            text = torch.from_numpy(np.repeat(np.arange(len(chosen)), lengths))
            batch[MASK] = (text[:, None] == text)[None, None]
        else:
            batch[_LONGEST] = int(lengths.max())
        return batch


def longest_of(batch: Mapping[str, Any]) -> int:
    """Return the tokens of the longest text of a batch, padded or packed."""
    if _LONGEST in batch:
        return int(batch[_LONGEST])
    return int(batch[ENDS].diff().max()) if ENDS in batch else int(batch[IDS].shape[1])


def packing_of(config: PretrainedConfig, device: str) -> Packing:
    """Return how texts are packed for a model on a device (`cpu` or `cuda`)."""
    first = config.pad_token_id + 1 if config.model_type in OFFSET else 0
    return Packing(first, masked=device != "cuda")


def pack(model: nn.Module, device: str) -> None:
    """Make a classifier take packed batches. `device`: `cpu` or `cuda`."""
    encoder = _stack_of(model)
    encoder.register_forward_hook(_first_tokens, with_kwargs=True)
    if device == "cuda":
        AttentionInterface.register(VARLEN, varlen)
        classifier_of(model).set_attn_implementation(VARLEN)


def varlen(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    scaling: float | None = None,
    dropout: float = 0.0,
    cu_seq_lens_q: Tensor,
    max_length_q: int,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attend within each text of a packed row: query, key and value are (1, heads, tokens, size).

    Returns (1, tokens, heads, size), as attention functions of `transformers` do. There is no dropout: a run that
    packs has none on attention weights.
    """
    ends, longest = cu_seq_lens_q, max_length_q
    asked, keys, values = (part[0].transpose(0, 1) for part in (query, key, value))
    found: Any = varlen_attn(asked, keys, values, ends, ends, longest, longest, scale=scaling)
    return found[None], None


def _first_tokens(_: nn.Module, args: tuple[Any, ...], kwargs: Mapping[str, Any], output: Any) -> Any:
    """Hand on the first token of each text (texts, 1, size) in place of all tokens (1, tokens, size)."""
    ends = kwargs.get(ENDS)
    if ends is not None:
        output.last_hidden_state = output.last_hidden_state[0, ends[:-1].long()][:, None]
    return output


def _stack_of(model: nn.Module) -> nn.Module:
    """The layers of an encoder, as one module."""
    base = classifier_of(model).base_model
    stack: nn.Module = getattr(base, "encoder", None) or base.transformer
    return stack
