"""What attends over texts end to end where there is no GPU."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


def varlen_by_parts(query: Tensor, key: Tensor, value: Tensor, *ends: Any, scale: float) -> Tensor:
    """What `varlen_attn` computes, text by text, for a machine without a GPU: (tokens, heads, size)."""
    parts = []
    for start, end in zip(ends[0][:-1].tolist(), ends[0][1:].tolist(), strict=True):
        one = (part[start:end].transpose(0, 1) for part in (query, key, value))
        parts.append(F.scaled_dot_product_attention(*one, scale=scale).transpose(0, 1))
    assert ends[2] == max(len(part) for part in parts)
    return torch.cat(parts)
