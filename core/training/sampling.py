"""In what order texts train when `train_sampling_strategy` is `auto`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bertft_tui.core.analysis.plan import plan_of
from bertft_tui.core.sections import TrainingSection
from bertft_tui.core.training.recipe import Padding, Part

_SETTING = "training.train_sampling_strategy"

#: What a checkpoint calls it.
ORDER = "order"

#: In fewer steps batches of like lengths may cost accuracy: docs/benchmarks.md has what was measured.
_FEW_STEPS = 100


@dataclass(frozen=True)
class Order:
    """A sampling strategy of the Trainer. `part`: how it came about; None when it was asked for."""

    strategy: str
    part: Part | None = None


def order_of(training: TrainingSection, padding: Padding, train_rows: int, before: Mapping[str, Any]) -> Order:
    """Return the order of so many texts that are padded in some way.

    `before`: what a checkpoint says that the training took until then. On whatever device it goes on, no text of the
    epoch may come twice.
    """
    asked = training.train_sampling_strategy
    if asked != "auto":
        return Order(asked)
    if isinstance(earlier := before.get(ORDER), str):
        return _chosen(earlier, "as before")
    if padding != "dynamic":
        return _chosen("random", "how much is padded does not depend on it")
    steps = plan_of(training, train_rows).steps
    if steps < _FEW_STEPS:
        return _chosen("random", f"with {steps:,} steps batches of like lengths might cost accuracy")
    return _chosen("group_by_length", "batches of like lengths need less padding")


def _chosen(strategy: str, reason: str) -> Order:
    return Order(strategy, Part(_SETTING, strategy, reason))
