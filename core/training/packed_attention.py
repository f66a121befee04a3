"""Attention within each text of a packed row, in three ways: a GPU's kernel, and a processor's, text by text.

Query, key and value are (1, heads, tokens, size); what is returned is (1, tokens, heads, size), as by all attention
functions of `transformers`. There is no dropout: a run that packs has none on attention weights.

`cu_seq_lens_q` (texts + 1, int32) says where each text begins, and where the last one ends; `max_length_q`: tokens of
the longest. Where queries are not those of all tokens, `cu_seq_lens_k` and `max_length_k` say it of keys and values.
What stands in a row behind the last text attends to nothing: there the result is zero.
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
    cu_seq_lens_k: Tensor | None = None,
    max_length_k: int | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attend by the kernel of `torch.nn.attention.varlen`, which is told where each text ends."""
    ends = (cu_seq_lens_q, cu_seq_lens_q if cu_seq_lens_k is None else cu_seq_lens_k)
    longest = (max_length_q, max_length_q if max_length_k is None else max_length_k)
    asked, keys, values = (part[0].transpose(0, 1) for part in (query, key, value))
    found: Any = varlen_attn(asked, keys, values, *ends, *longest, scale=scaling)
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
    cu_seq_lens_k: Tensor | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attend in one text after the other: a processor is busy with each, and needs neither padding nor a mask."""
    ends = cu_seq_lens_q if cu_seq_lens_k is None else cu_seq_lens_k
    texts = zip(_each(query, cu_seq_lens_q), _each(key, ends), _each(value, ends), strict=True)
    found = [F.scaled_dot_product_attention(asked, keys, values, scale=scaling) for asked, keys, values in texts]
    joined = torch.cat(found, dim=2)
    return F.pad(joined, (0, 0, 0, query.shape[2] - joined.shape[2])).transpose(1, 2), None


def one_query_each(ends: Tensor, longest: int) -> dict[str, Any]:
    """Where queries begin and keys and values do, when each text has one query. `ends`, `longest`: of the texts."""
    queries = torch.arange(len(ends), dtype=ends.dtype, device=ends.device)
    return {"cu_seq_lens_q": queries, "cu_seq_lens_k": ends, "max_length_q": 1, "max_length_k": longest}


def _each(part: Tensor, ends: Tensor) -> tuple[Tensor, ...]:
    """What belongs to each text."""
    lengths = ends.diff().tolist()
    return torch.split(part[:, :, : sum(lengths)], lengths, dim=2)


def apart_in_fp32(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **how: Any
) -> tuple[Tensor, None]:
    """Attend text by text in fp32, whatever the precision: see `wide_attention`."""
    with torch.autocast(query.device.type, enabled=False):
        found, _ = apart(module, query.float(), key.float(), value.float(), attention_mask, **how)
    return found.to(query.dtype), None
