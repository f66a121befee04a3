"""Attention within each text of a packed row, in three ways: a GPU's kernel, and a processor's, text by text.

Query, key and value are (1, heads, tokens, size); what is returned is (1, tokens, heads, size), as by all attention
functions of `transformers`. There is no dropout: a run that packs has none on attention weights.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.attention.varlen import varlen_attn


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
    """Attend by the kernel of `torch.nn.attention.varlen`, which is told where each text ends."""
    ends, longest = cu_seq_lens_q, max_length_q
    asked, keys, values = (part[0].transpose(0, 1) for part in (query, key, value))
    found: Any = varlen_attn(asked, keys, values, ends, ends, longest, longest, scale=scaling)
    return found[None], None


def apart(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    scaling: float | None = None,
    dropout: float = 0.0,
    cu_seq_lens_q: Tensor,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attend in one text after the other: a processor is busy with each, and needs neither padding nor a mask."""
    lengths = cu_seq_lens_q.diff().tolist()
    texts = zip(*(torch.split(part, lengths, dim=2) for part in (query, key, value)), strict=True)
    found = [F.scaled_dot_product_attention(asked, keys, values, scale=scaling) for asked, keys, values in texts]
    return torch.cat(found, dim=2).transpose(1, 2), None


def apart_in_fp32(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **how: Any
) -> tuple[Tensor, None]:
    """Attend text by text in fp32, whatever the precision: see `wide_attention`."""
    with torch.autocast(query.device.type, enabled=False):
        found, _ = apart(module, query.float(), key.float(), value.float(), attention_mask, **how)
    return found.to(query.dtype), None
