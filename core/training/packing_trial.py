"""Whether a GPU's attention over texts end to end gives what plain attention gives: tried before a run relies on it.

Its kernels are other ones on each generation of GPUs and in each version of torch. What is wrong shows here, in some
milliseconds and once a run, and not in figures that nobody doubts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from bertft_tui.core.config import RunConfig
from bertft_tui.core.training.packed_attention import apart, one_query_each, varlen
from bertft_tui.core.training.recipe import Place, Recipe, settle

#: Tokens of the texts that it is tried on: one alone, and some on both sides of the blocks that kernels work in.
_LENGTHS = (1, 37, 200, 5, 64, 129)

#: How far it may be off, as a share of the largest number: a bf16 number is off by 0.4 %, and sums of them by more.
_BOUND = 0.03

_FORMATS = {"bf16": torch.bfloat16, "fp16": torch.float16}

#: Heads and numbers of each token where a config.json does not say them: BERT-base's.
_HEADS, _HIDDEN = 12, 768


def settle_and_try(config: RunConfig, model: Mapping[str, Any], place: Place, before: Mapping[str, Any]) -> Recipe:
    """Decide what a run makes of its settings, as `settle` does, and pack on a GPU only what it packs rightly.

    Raises ConfigError for what cannot be done there.
    """
    recipe = settle(config, model, place, before)
    if recipe.padding != "packed" or place.kind != "cuda":
        return recipe
    fault = fault_of_varlen(model, place.kind, place.precision)
    if not fault:
        return recipe
    others = {name: value for name, value in before.items() if name != "padding"}  # it may go on as it was: padded
    return settle(config, model, replace(place, varlen_fault=fault), others)


def fault_of_varlen(model: Mapping[str, Any], device: str, precision: str) -> str:
    """Say what is wrong with attention over texts end to end; empty when nothing is.

    `model`: what its config.json says of heads and sizes. Results and gradients of made-up numbers, for all queries
    and for the first of each text, are held against those of plain attention in fp32 over each text alone. The
    training's generators are left as they are.
    """
    heads = _whole(model, "num_attention_heads", "n_heads") or _HEADS
    size = (_whole(model, "hidden_size", "dim") or _HIDDEN) // heads
    drawn = torch.randn((4, 1, sum(_LENGTHS), heads, size), generator=torch.Generator().manual_seed(0))
    *parts, weights = drawn.to(device, _FORMATS[precision]).transpose(2, 3)  # so they lie in memory as an encoder's
    try:
        found = _with_gradients(parts, weights, _attend)
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:  # also what is not there for a device or a size
        return f"attention over texts end to end failed when it was tried ({_first_line(error)})"
    wanted = _with_gradients([part.float() for part in parts], weights.float(), partial(_attend, by=apart))
    if not all(part.isfinite().all() for part in found):
        return "attention over texts end to end gave what is no number when it was tried"
    off = max(_share_off(one, other) for one, other in zip(found, wanted, strict=True))
    return "" if off <= _BOUND else f"attention over texts end to end was {off:.0%} off when it was tried"


def _whole(model: Mapping[str, Any], *names: str) -> int | None:
    """The first of these that a config says, where it is a number of something."""
    return next((value for name in names if isinstance(value := model.get(name), int) and value > 0), None)


def _with_gradients(parts: Sequence[Tensor], weights: Tensor, attend: Any) -> list[Tensor]:
    """What comes of query, key and value, each (1, heads, tokens, size), and gradients of a weighted sum of it."""
    leaves = [part.clone().requires_grad_() for part in parts]
    found = attend(*leaves)
    weighted = sum((one * weights.transpose(1, 2)[:, : one.shape[1]]).sum() for one in found)
    return [*(one.detach() for one in found), *torch.autograd.grad(weighted, leaves)]


def _attend(query: Tensor, key: Tensor, value: Tensor, by: Any = varlen) -> tuple[Tensor, Tensor]:
    """For all queries and for the first of each text (1, tokens or texts, heads, size), by the kernel or another."""
    ends = torch.tensor([0, *_LENGTHS], device=query.device).cumsum(0).to(torch.int32)
    longest = max(_LENGTHS)
    everything, _ = by(None, query, key, value, None, cu_seq_lens_q=ends, max_length_q=longest)
    firsts, _ = by(None, query[:, :, ends[:-1].long()], key, value, None, **one_query_each(ends, longest))
    return everything, firsts


def _share_off(found: Tensor, wanted: Tensor) -> float:
    """How far numbers are off at most, as a share of the largest."""
    return float((found.float() - wanted).abs().max() / wanted.abs().max())


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
