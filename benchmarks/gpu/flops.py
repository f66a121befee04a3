"""Model flops of a training, and the most that a device does in one second.

Counted as in Kaplan et al. (2020), "Scaling Laws for Neural Language Models", and for attention as in Chowdhery et
al. (2022), "PaLM", appendix B: what the model needs for the texts themselves. Padding counts nothing, nor does what
is computed a second time, nor what no head reads.
"""

import time
from collections.abc import Sequence
from typing import Any

import torch

#: Two for a multiplication and its addition, three for the pass forwards and the two gradients of the one backwards.
_PER_WEIGHT = 6

#: Number formats: how torch names the type, and how precisely it is to multiply fp32.
_FORMATS = {
    "bf16": (torch.bfloat16, "highest"),
    "tf32": (torch.float32, "high"),
    "fp32": (torch.float32, "highest"),
}


def matrix_weights(config: Any) -> tuple[int, int]:
    """Weights of a BERT's encoder that each token is multiplied with, and those for the first of each text alone.

    Embeddings are looked up. Of the last layer the head reads the first token of each text: for all others it needs
    keys and values.
    """
    hidden = int(config.hidden_size)
    a_layer = 4 * hidden * hidden + 2 * hidden * int(config.intermediate_size)
    of_keys = 2 * hidden * hidden
    return (int(config.num_hidden_layers) - 1) * a_layer + of_keys, a_layer - of_keys


def training_flops(lengths: Sequence[int], config: Any, classes: int = 2) -> int:
    """Model flops of one pass over texts of so many tokens each, forwards and backwards.

    For each token 6 × the weights it is multiplied with; for attention 12 × hidden × length² a text and layer, and
    in the last one 12 × hidden × length; pooler and classifier see one token of each.
    """
    hidden, layers = int(config.hidden_size), int(config.num_hidden_layers)
    of_tokens, of_texts = matrix_weights(config)
    dense = of_tokens * sum(lengths) + (of_texts + hidden * hidden + hidden * classes) * len(lengths)
    attended = sum((layers - 1) * length * length + length for length in lengths)
    return _PER_WEIGHT * (dense + 2 * hidden * attended)


def matmul_peaks(device: str, size: int) -> dict[str, float]:
    """Flops per second of a large matrix multiplication in each format: the fastest of five rounds."""
    return {name: _matmul_peak(device, size, *how) for name, how in _FORMATS.items()}


def _matmul_peak(device: str, size: int, dtype: torch.dtype, precision: str) -> float:
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(precision)
    try:
        one, other, product = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(3))
        rounds = [_seconds(one, other, product, 10) for _ in range(6)]
    finally:
        torch.set_float32_matmul_precision(before)
    return 2 * size**3 / min(rounds[1:])  # the first one loads code


def _seconds(one: torch.Tensor, other: torch.Tensor, product: torch.Tensor, times: int) -> float:
    """Seconds of one multiplication."""
    _wait(one)
    began = time.perf_counter()
    for _ in range(times):
        torch.mm(one, other, out=product)
    _wait(one)
    return (time.perf_counter() - began) / times


def _wait(on: torch.Tensor) -> None:
    if on.is_cuda:
        torch.cuda.synchronize(on.device)
