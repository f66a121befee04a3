"""What attends over texts end to end where there is no GPU."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


def varlen_by_parts(query: Tensor, key: Tensor, value: Tensor, *ends: Any, scale: float) -> Tensor:
    """What `varlen_attn` computes, text by text, for a machine without a GPU: (tokens, heads, size)."""
    for most, where in zip(ends[2:], ends[:2], strict=True):
        assert most == where.diff().max()
    texts = zip(
        *(part.split(where.diff().tolist()) for part, where in ((query, ends[0]), (key, ends[1]), (value, ends[1]))),
        strict=True,
    )
    parts = [
        F.scaled_dot_product_attention(*(part.transpose(0, 1) for part in one), scale=scale).transpose(0, 1)
        for one in texts
    ]
    return torch.cat(parts)
