"""Texts end to end in one row, without any padding: their batches, and what makes an encoder keep them apart.

Attention is told where each text ends, see `packed_attention`. All else of an encoder looks at one token at a time,
but for the head, which gets the first token of each text in place of the first of the row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from transformers import AttentionInterface, PretrainedConfig

from bertft_tui.core.training.data.tokens import IDS, Tokens
from bertft_tui.core.training.model.architecture_names import OFFSET
from bertft_tui.core.training.model.encoder import classifier_of
from bertft_tui.core.training.packed_attention import apart, apart_in_fp32, varlen
from bertft_tui.core.training.recipe import VARLEN
from bertft_tui.core.training.wide_attention import WIDE

#: Where each text begins, and where the last one ends, and tokens of the longest: as `transformers` calls them.
ENDS = "cu_seq_lens_q"
LONGEST = "max_length_q"

#: Attention text by text: the names under which `transformers` knows it.
APART, APART_IN_FP32 = "bertft_apart", "bertft_apart_fp32"


#: Rows that are filled up have a multiple of so many tokens at least, and so many lengths between n and 2 n at most.
_LEAST_STEP, _LENGTHS = 16, 32


@dataclass(frozen=True)
class Packing:
    """Puts the texts of a batch end to end.

    `first_position`: the number of a text's first position. `few_sizes`: rows are filled up to lengths of which there
    are few, by 3 % at most or 15 tokens, with their last token again, which belongs to no text there.
    """

    first_position: int = 0
    few_sizes: bool = False

    def batch(self, tokens: Tokens, rows: Sequence[int]) -> dict[str, Any]:
        """Return texts in this order as one row (1, tokens) of each column and of `position_ids`, all int64.

        `cu_seq_lens_q` (texts + 1, int32): where each begins; `max_length_q`: tokens of the longest.
        """
        chosen = np.asarray(rows, np.int64)
        lengths, places = tokens.lengths[chosen], tokens.places(chosen)
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        filling = (0, _filled(int(ends[-1])) - int(ends[-1]) if self.few_sizes else 0)
        of_tokens = {name: column[places].astype(np.int64) for name, column in tokens.columns.items()}
        of_tokens["position_ids"] = np.arange(ends[-1]) - np.repeat(ends[:-1], lengths) + self.first_position
        batch: dict[str, Any] = {
            name: torch.from_numpy(np.pad(numbers, filling, "edge"))[None] for name, numbers in of_tokens.items()
        }
        batch[ENDS] = torch.from_numpy(ends.astype(np.int32))
        batch[LONGEST] = int(lengths.max())
        return batch


def longest_of(batch: Mapping[str, Any]) -> int:
    """Return the tokens of the longest text of a batch, padded or packed."""
    return int(batch[LONGEST] if LONGEST in batch else batch[IDS].shape[1])


def _filled(length: int) -> int:
    """The next length, of which there are few, that is not below one."""
    step = max(_LEAST_STEP, (1 << length.bit_length() - 1) // _LENGTHS)
    return -(-length // step) * step


def packing_of(config: PretrainedConfig, *, few_sizes: bool = False) -> Packing:
    """Return how texts are packed for a model.

    `few_sizes`: for a processor in bf16, whose library makes another kernel for each length of a row that it meets.
    """
    return Packing(config.pad_token_id + 1 if config.model_type in OFFSET else 0, few_sizes)


def pack(model: nn.Module, device: str, *, first_alone: bool = False) -> None:
    """Make a classifier take packed batches. `device`: `cpu` or `cuda`.

    `first_alone`: its last layer returns the first token of each text and no other, see `last_layer`.
    """
    classifier = classifier_of(model)
    if not first_alone:
        stack_of(model).register_forward_hook(_first_tokens, with_kwargs=True)
    is_wide = classifier.config._attn_implementation == WIDE
    name = VARLEN if device == "cuda" else APART_IN_FP32 if is_wide else APART
    AttentionInterface.register(name, {VARLEN: varlen, APART: apart, APART_IN_FP32: apart_in_fp32}[name])
    classifier.set_attn_implementation(name)


def _first_tokens(_: nn.Module, args: tuple[Any, ...], kwargs: Mapping[str, Any], output: Any) -> Any:
    """Hand on the first token of each text (texts, 1, size) in place of all tokens (1, tokens, size)."""
    ends = kwargs.get(ENDS)
    if ends is not None:
        output.last_hidden_state = output.last_hidden_state[0, ends[:-1].long()][:, None]
    return output


def stack_of(model: nn.Module) -> Any:
    """The layers of an encoder that packs, as one module."""
    base = classifier_of(model).base_model
    return getattr(base, "encoder", None) or base.transformer
