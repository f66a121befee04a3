"""What batches took of a device's memory: how that is written down, and what it says of batches not tried yet."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

#: The facts of a key before the batch's shape, and the pattern of the shape.
_FACTS = 7
_SHAPE = re.compile(r"(\d+)x(\d+)(\+?)")

#: A batch is told of from others that are at most so many times smaller or larger.
_REACH = 2.0


@dataclass(frozen=True)
class Forecast:
    """The peak that a batch is expected to take, in bytes."""

    peak: int
    measured: int  # batches that this was told from; 1: this very one was tried


def facts_of_model(model: Any, precision: str, optimizer: str) -> list[str]:
    """What the memory of a batch depends on, but for the batch and the device."""
    weights = list(model.parameters())
    facts = [
        type(model).__name__,
        getattr(model.config, "model_type", ""),
        getattr(model.config, "_attn_implementation", ""),
        sum(weight.numel() for weight in weights),
        sum(weight.numel() for weight in weights if weight.requires_grad),
        precision,
        optimizer,
    ]
    return [str(fact) for fact in facts]


def shape_of(rows: int, tokens: int, accumulation: int) -> str:
    """The batch; with accumulation there are gradients when its second pass begins."""
    return f"{rows}x{tokens}{'+' if accumulation > 1 else ''}"


def key_of(facts: list[str], shape: str, device: str, total: int, torch_version: str) -> str:
    """The whole key of a batch on a device of so many bytes."""
    return " ".join([*facts, shape, device, str(total), f"torch {torch_version}"])


def read_known(path: Path) -> dict[str, int]:
    """Read what batches took, in bytes; nothing where the file is missing or no such file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {key: value for key, value in pairs if isinstance(value, int) and value > 0}


def forecast(
    known: Mapping[str, int], facts: list[str], device: str, batch: tuple[int, int], *, accumulates: bool
) -> Forecast | None:
    """Tell what a batch (rows, tokens) will take from those of the same model, settings and kind of device.

    What was tried itself is known. Else the peak grows in proportion to the tokens of a batch, above what weights and
    optimizer keep: at least two batches of other sizes and not too far away tell it. Attention without a fused kernel
    grows with the square of the length, so then only batches of the same length count. None when that is not enough.
    """
    batches = _batches(known, facts, device, accumulates)
    if batch in batches:
        return Forecast(batches[batch], 1)
    square = facts[2] not in ("sdpa", "flash_attention_2")
    points = [(one * other, peak) for (one, other), peak in batches.items() if other == batch[1] or not square]
    sizes = np.array([size for size, _ in points], np.float64)
    wanted = batch[0] * batch[1]
    if len(set(sizes)) < 2 or not sizes.min() / _REACH <= wanted <= sizes.max() * _REACH:
        return None
    slope, base = np.polyfit(sizes, np.array([peak for _, peak in points], np.float64), 1)
    peak = float(base + slope * wanted)
    return Forecast(round(peak), len(points)) if slope > 0 and peak > 0 else None


def _batches(
    known: Mapping[str, int], facts: list[str], device: str, accumulates: bool
) -> dict[tuple[int, int], int]:
    """The batches that were tried with these facts on such a device; of the same twice the newest."""
    found = {}
    for key, peak in known.items():
        words = key.split(" ")
        shape = _SHAPE.fullmatch(words[_FACTS]) if len(words) > _FACTS + 1 else None
        same = words[:_FACTS] == facts and " ".join(words[_FACTS + 1 :]).startswith(f"{device} ")
        if shape and same and bool(shape[3]) == accumulates:
            found[int(shape[1]), int(shape[2])] = peak
    return found
