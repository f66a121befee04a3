"""What the next attempt of a failed run changes by itself, so that it can go on: a smaller batch, or fp32.

The run's config stays as it was asked for; adjustments are `section.field` → value and lie beside it.
"""

from collections.abc import Mapping
from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import Problem
from bertft_tui.core.sections import MOST_AT_ONCE

#: Reasons in a `failed` event that a further attempt may answer.
OUT_OF_MEMORY = "out_of_memory"
NOT_FINITE = "not_finite"

#: A reason that no other attempt answers: a person has to choose another learning rate.
DIVERGED = "diverged"

#: How often a run is tried again for each reason before a person has to look.
MOST_RETRIES = {OUT_OF_MEMORY: 3, NOT_FINITE: 1}

_BATCH = "training.per_device_train_batch_size"
_ACCUMULATION = "training.gradient_accumulation_steps"
_EVAL_BATCH = "training.per_device_eval_batch_size"
_PRECISION = "hardware.precision"


def adjustments_after(
    config: RunConfig, present: Mapping[str, Any], retries: Mapping[str, int], failed: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return all adjustments of the attempt that follows a failed one; None when there shall be none.

    `present`: those of the failed one; `retries`: how often it was tried again, by reason; `failed`: the fields of
    its closing event.
    """
    reason = failed.get("reason")
    if retries.get(str(reason), 0) >= MOST_RETRIES.get(str(reason), 0):
        return None
    tried = config.with_settings(dict(present))
    if reason == OUT_OF_MEMORY:
        changed = _less_memory(tried, str(failed.get("during")))
    else:
        wide = failed.get("precision") not in ("bf16", "fp16")
        changed = None if wide or tried.training.on_nan != "retry" else {_PRECISION: "fp32"}
    return None if changed is None else {**present, **changed}


def _less_memory(config: RunConfig, during: str) -> dict[str, Any] | None:
    training = config.training
    if during == "evaluating":
        half = training.per_device_eval_batch_size // 2
        return {_EVAL_BATCH: half} if half else None
    if during not in ("training", "probe"):
        return None  # the model by itself is too large: no batch is small enough
    smaller = halved(*training.cut)
    return None if smaller is None else {_BATCH: smaller[0], _ACCUMULATION: smaller[1]}


def halved(batch: int, accumulation: int) -> tuple[int, int] | None:
    """Return batch and accumulation of the same product with at most half the batch; None when it is 1 already."""
    whole = batch * accumulation
    smaller = next((size for size in range(batch // 2, 0, -1) if whole % size == 0), None)
    return None if smaller is None or whole // smaller > MOST_AT_ONCE else (smaller, whole // smaller)


def adjusted(config: RunConfig, adjustments: Mapping[str, Any]) -> RunConfig:
    """Return the config that an attempt really trains with."""
    return config.with_settings(dict(adjustments)) if adjustments else config


def evaluating(config: RunConfig, adjustments: Mapping[str, Any]) -> RunConfig:
    """Return a config whose evaluation batch is no larger than what the run was found to have room for."""
    most = int(adjustments.get(_EVAL_BATCH, MOST_AT_ONCE))
    return config.with_settings({_EVAL_BATCH: min(config.training.per_device_eval_batch_size, most)})


def in_words(adjustments: Mapping[str, Any]) -> str:
    """Say what was changed and why: `batch 4 × 2 after running out of memory`; empty when nothing was."""
    sizes = [f"batch {adjustments[_BATCH]} × {adjustments.get(_ACCUMULATION, 1)}"] if _BATCH in adjustments else []
    sizes += [f"evaluation batch {adjustments[_EVAL_BATCH]}"] if _EVAL_BATCH in adjustments else []
    parts = [" and ".join(sizes) + " after running out of memory"] if sizes else []
    parts += [f"{adjustments[_PRECISION]} after NaN"] if _PRECISION in adjustments else []
    return ", ".join(parts)


def notes(config: RunConfig, adjustments: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Say, at the start of an attempt, what it changes of the run's settings, why, and whether results change."""
    found = []
    training = config.training
    if _BATCH in adjustments:
        before = " × ".join(map(str, training.cut))
        message = (
            f"The GPU ran out of memory, so this attempt takes {adjustments[_BATCH]} texts at once and "
            f"{adjustments[_ACCUMULATION]} passes a step in place of {before}. The effective batch is the same, so "
            "are the losses, but for dropout, which draws other masks."
        )
        if training.train_sampling_strategy == "batch_rebalance":
            message += (
                " With batch_rebalance a text may count twice in an epoch's last step, when fewer texts are left for "
                "it than it has passes."
            )
        found.append(Problem("Smaller batches, more passes", message, _ASK))
    if _EVAL_BATCH in adjustments:
        message = (
            f"The GPU ran out of memory while evaluating, so this attempt evaluates {adjustments[_EVAL_BATCH]} texts "
            f"at once in place of {training.per_device_eval_batch_size}. The figures are the same."
        )
        found.append(Problem("Smaller batches when evaluating", message, _ASK))
    if _PRECISION in adjustments:
        message = (
            f"A loss or gradient was not a number, so this attempt computes in {adjustments[_PRECISION]} (asked for "
            f"was {config.hardware.precision}), from the newest whole checkpoint on."
        )
        found.append(Problem("Another number format", message, "training.on_nan = 'retry' asked for this."))
    return tuple(found)


_ASK = "A run made from this one begins with the settings that were asked for: set them as they are now."
