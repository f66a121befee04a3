"""How the texts of a step are cut into passes when `per_device_train_batch_size` is `auto`.

The effective batch is what the settings say; into how many passes it is cut changes no loss, but for dropout's masks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bertft_tui.core.adjustments import halved
from bertft_tui.core.sections import TrainingSection
from bertft_tui.core.training.recipe import Part

#: Tokens of a pass on a processor: more gain nothing there, and take memory that nobody counts.
_TOKENS_ON_A_PROCESSOR = 16_384


@dataclass(frozen=True)
class Cut:
    """Texts of one pass, and passes of one step."""

    texts: int
    passes: int


@dataclass(frozen=True)
class Cuts:
    """Ways to cut a step, to be tried in this order until one fits; several only where a device's memory decides."""

    ways: tuple[Cut, ...]
    part: Part | None = None  # how that came about; None when it was asked for


def cuts_of(training: TrainingSection, kind: str, longest: int, before: Mapping[str, Any]) -> Cuts:
    """Return the ways to cut a step on a kind of device (cpu, cuda or mps).

    `longest`: tokens of the longest text. `before`: what a checkpoint says that the training took until then.
    """
    if training.per_device_train_batch_size != "auto":
        return Cuts((Cut(*training.cut),))
    ways = [Cut(*training.cut)]
    while (smaller := halved(ways[-1].texts, ways[-1].passes)) is not None:
        ways.append(Cut(*smaller))
    earlier = before.get("batch") if before.get("device") == kind else None
    if earlier is not None:
        return _chosen(ways, int(earlier), "as before")
    if not _kind_is_probed(kind):
        most = max(1, _TOKENS_ON_A_PROCESSOR // longest)
        return _chosen(ways, most, f"a pass of at most {_TOKENS_ON_A_PROCESSOR:,} tokens")
    return Cuts(tuple(ways), _part("as many as there is memory for"))


def _kind_is_probed(kind: str) -> bool:
    """Whether a pass that is too large for such a device raises an error, which can be tried."""
    return kind == "cuda"


def _chosen(ways: list[Cut], most: int, why: str) -> Cuts:
    """Take the largest way with at most so many texts in a pass; a single text is one that always is there."""
    return Cuts((next(way for way in ways if way.texts <= most),), _part(why))


def _part(reason: str) -> Part:
    return Part("training.per_device_train_batch_size", "", reason)
