"""What batches took of a device's memory: how that is written down, and what it says of batches not tried yet."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bertft_tui.core.training.recipe import VARLEN

#: How many facts of a key come before the batch's shape, which is the kind of attention, and the shape's pattern.
FACTS = 8
ATTENTION = 2
_SHAPE = re.compile(r"(\d+)x(\d+)(\+?)")

#: A batch is told of from others that are at most so many times smaller or larger.
_REACH = 2.0

#: What a forecast may be off by, where it could be further off there is none. What is promised is 15 %: the
#: allocator's rounding moves the bounds too.
_MOST_OFF = 0.12

#: Bytes that an optimizer keeps for each number that learns, and those that it needs for a moment when it steps.
KEPT = {"adamw_torch_fused": 8, "adamw_torch": 8}
IN_A_STEP = {"adamw_torch": 4}


@dataclass(frozen=True)
class Forecast:
    """The peak that a batch is expected to take, in bytes."""

    peak: int
    measured: int  # batches that this was told from; 1: this very one was tried


def facts_of_model(model: Any, precision: str, optimizer: str, *, first_alone: bool) -> list[str]:
    """What the memory of a batch depends on, but for the batch and the device.

    `first_alone`: the last layer computes the first token of each text alone.
    """
    weights = list(model.parameters())
    facts = [
        type(model).__name__,
        getattr(model.config, "model_type", ""),
        getattr(model.config, "_attn_implementation", ""),
        sum(weight.numel() for weight in weights),
        sum(weight.numel() for weight in weights if weight.requires_grad),
        precision,
        optimizer,
        "first_token" if first_alone else "all_tokens",
    ]
    return [str(fact) for fact in facts]


def shape_of(rows: int, tokens: int, accumulation: int) -> str:
    """The batch, packed texts as one row; with accumulation there are gradients when its second pass begins."""
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

    What was tried itself is known. Else it is that of the line, by tokens, through at least two batches of other
    sizes and not too far away. Attention without a fused kernel grows with the square of the length, so then only
    batches of the same length count. None when that is not enough, or the peak may well be far from any that is told.
    """
    batches = _batches(known, facts, device, accumulates)
    if batch in batches:
        return Forecast(batches[batch], 1)
    square = facts[ATTENTION] not in ("sdpa", "flash_attention_2", VARLEN)
    points = [(one * other, peak) for (one, other), peak in batches.items() if other == batch[1] or not square]
    sizes = {size for size, _ in points}
    wanted = batch[0] * batch[1]
    if len(sizes) < 2 or not min(sizes) / _REACH <= wanted <= max(sizes) * _REACH:
        return None
    low, high = sorted(_bounds(sorted(points), wanted, *_resting(facts), accumulates=accumulates))
    least, most = high * (1 - _MOST_OFF), low * (1 + _MOST_OFF)
    return Forecast(round(min(max(_line(points, wanted), least), most)), len(points)) if least <= most else None


def _bounds(
    points: list[tuple[int, int]], wanted: int, kept: int, gradients: int, *, accumulates: bool
) -> tuple[float, float]:
    """Between what and what the peak of so many tokens lies, by those of others: (tokens, peak).

    In small batches it is the gradients that have the peak, and it hardly grows; in larger ones it is what the way
    back needs, and grows in proportion. So it never falls and bends upwards: it lies above the line through batches
    on one side of it, and below the line between one on each side. What a token takes of it, beside what is `kept`
    from step to step, never rises.
    """
    beneath = kept + (gradients if accumulates else 0)

    def in_proportion(size: int, peak: int) -> float:
        return beneath + (peak - beneath) * wanted / size

    below = [point for point in points if point[0] <= wanted]
    above = [point for point in points if point[0] >= wanted]
    lows = [kept + gradients, *(peak for _, peak in below), *(in_proportion(*each) for each in above)]
    lows += [_line(side, wanted) for side in (below, above) if len({size for size, _ in side}) > 1]
    highs = [*(peak for _, peak in above), *(in_proportion(*each) for each in below)]
    if below and above and below[-1][0] < above[0][0]:
        highs.append(_line([below[-1], above[0]], wanted))
    return max(lows), min(highs)


def _line(points: list[tuple[int, int]], wanted: int) -> float:
    """The line through points, at another size."""
    sizes, peaks = np.array(points, np.float64).T
    slope, base = np.polyfit(sizes, peaks, 1)
    return float(base + slope * wanted)


def _resting(facts: list[str]) -> tuple[int, int]:
    """Bytes of weights and optimizer, and those of the gradients."""
    weights, learning = int(facts[3]), int(facts[4])
    return 4 * weights + KEPT.get(facts[6], 0) * learning, 4 * learning


def _batches(
    known: Mapping[str, int], facts: list[str], device: str, accumulates: bool
) -> dict[tuple[int, int], int]:
    """The batches that were tried with these facts on such a device; of the same twice the newest."""
    found = {}
    for key, peak in known.items():
        words = key.split(" ")
        shape = _SHAPE.fullmatch(words[FACTS]) if len(words) > FACTS + 1 else None
        same = words[:FACTS] == facts and " ".join(words[FACTS + 1 :]).startswith(f"{device} ")
        if shape and same and bool(shape[3]) == accumulates:
            found[int(shape[1]), int(shape[2])] = peak
    return found
