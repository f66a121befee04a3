"""Dropout whose masks are drawn from 16 random bits for each number, on a processor in a third of torch's time.

torch's `native_dropout` draws 53 bits for each, one after the other, in one thread: a sixth of a step on long
texts. Sixteen bits make the share that drops out a multiple of 1/65536, 0.1 for example 0.100006, and what is kept is
scaled by just that share.
"""

from typing import Any

import torch
from torch import Tensor, nn

_BITS = 16
_VALUES = 2**_BITS

#: Masks that come out of one random number.
_FROM_ONE = 64 // _BITS


class QuickDropout(nn.Dropout):
    """Dropout like torch's, of a share in steps of 1/65536, with masks from torch's generator."""

    def forward(self, input: Tensor) -> Tensor:
        """Set a share `p` of the numbers to zero and scale the others, while training."""
        dropped = min(round(self.p * _VALUES), _VALUES - 1)
        if not self.training or dropped == 0:
            return input
        masked: Tensor = _Masked.apply(input, dropped)  # type: ignore[no-untyped-call]
        return masked


class _Masked(torch.autograd.Function):
    """The product with a mask that is drawn for it, and of the gradient with the same."""

    @staticmethod
    def forward(ctx: Any, numbers: Tensor, dropped: int) -> Tensor:
        kept = _draw(numbers, dropped)
        ctx.save_for_backward(kept)
        ctx.scale = _VALUES / (_VALUES - dropped)
        return numbers.mul(kept).mul_(ctx.scale)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (kept,) = ctx.saved_tensors
        return gradients[0].mul(kept).mul_(ctx.scale), None


def _draw(like: Tensor, dropped: int) -> Tensor:
    """Draw what is kept (1) and what is not (0): `dropped` of 65536. As uint8, since booleans multiply slower."""
    count = like.numel()
    words = torch.empty(-(-count // _FROM_ONE), dtype=torch.int64, device=like.device).random_(-(2**63), None)
    kept = torch.empty(like.shape, dtype=torch.uint8, device=like.device)
    return torch.ge(words.view(torch.int16)[:count].view(like.shape), dropped - _VALUES // 2, out=kept)


def quicken(model: nn.Module) -> None:
    """Draw the masks of all dropout modules of a model so."""
    for name, module in list(model.named_modules(remove_duplicate=False)):
        if type(module) is nn.Dropout and not module.inplace:
            model.set_submodule(name, QuickDropout(module.p))
