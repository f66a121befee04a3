"""Attention in fp32 beside all else in bf16, on a processor.

Its fused kernel takes several times as long in bf16 as in fp32, forwards and backwards and most of all on short texts
(torch 2.13 on AMX: six times for 32 tokens, a third more for 512); in fp32 it is more exact, too.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import sdpa_mask

from bertft_tui.core.training.model.encoder import classifier_of

#: The name under which `transformers` knows it.
WIDE = "bertft_fp32"


def widen(model: Any) -> None:
    """Have a model attend in fp32, where it attends by `scaled_dot_product_attention`; others stay as they are."""
    classifier = classifier_of(model)
    if classifier.config._attn_implementation != "sdpa" or not classifier._supports_attention_backend:
        return
    AttentionInterface.register(WIDE, attend)
    AttentionMaskInterface.register(WIDE, sdpa_mask)
    classifier.set_attn_implementation(WIDE)


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    scaling: float | None = None,
    dropout: float = 0.0,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attend; query, key and value are (rows, heads, tokens, size).

    Returns (rows, tokens, heads, size) in the format of the query, as attention functions of `transformers` do.
    """
    with torch.autocast(query.device.type, enabled=False):
        found = F.scaled_dot_product_attention(
            query.float(), key.float(), value.float(), attn_mask=attention_mask, dropout_p=dropout, scale=scaling
        )
    return found.to(query.dtype).transpose(1, 2).contiguous(), None
