"""Settings of a next run: changes by `section.field`, none where a config has the value already."""

import math
from collections.abc import Mapping
from typing import Any

from bertft_tui.core.analysis.rules.thresholds import USUAL_RATES, USUAL_RATES_OF_FEW
from bertft_tui.core.config import RunConfig
from bertft_tui.core.sections import MANY

#: The share of the steps over which a rate rises that did so at once.
_WARM_UP = 0.1
_MOST_EPOCHS = 10_000.0


def rate_divided(config: RunConfig, by: float) -> dict[str, Any]:
    """A smaller learning rate (by less than 1: a larger one), with two digits."""
    return {"training.learning_rate": float(f"{config.training.learning_rate / by:.2g}")}


def calmer(config: RunConfig, by: float) -> dict[str, Any]:
    """A smaller learning rate that rises slowly, and gradients that are cut."""
    changes = rate_divided(config, by)
    if config.training.warmup_steps == 0:
        changes["training.warmup_steps"] = _WARM_UP
    if config.training.max_grad_norm == 0:
        changes["training.max_grad_norm"] = 1.0
    return changes


def longer(config: RunConfig, by: int = 2) -> dict[str, Any]:
    """So many times as many epochs, or steps where these are what ends the training."""
    training = config.training
    if training.max_steps > 0:
        return {"training.max_steps": min(training.max_steps * by, MANY)}
    return {"training.num_train_epochs": min(training.num_train_epochs * by, _MOST_EPOCHS)}


def until(config: RunConfig, step: int, epoch: float | None) -> dict[str, Any]:
    """An end at a step, or behind the half epoch that it lies in; nothing where the training is as short."""
    training = config.training
    if training.max_steps > 0:
        return {"training.max_steps": step} if 0 < step < training.max_steps else {}
    halves = math.ceil(2 * epoch - 1e-9) / 2 if epoch else 0.0
    return {"training.num_train_epochs": halves} if 0 < halves < training.num_train_epochs else {}


def usual_rates(config: RunConfig) -> tuple[float, float] | None:
    """The lowest and the highest usual learning rate; None with an optimizer that has none."""
    if not config.training.optim.startswith("adamw"):
        return None
    few = config.model.lora_r is not None or config.model.freeze_layers == "all"
    return USUAL_RATES_OF_FEW if few else USUAL_RATES


def that_differ(config: RunConfig, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Those changes that a config does not have already."""
    flat = config.flat()
    return {key: value for key, value in changes.items() if flat[key] != value}
