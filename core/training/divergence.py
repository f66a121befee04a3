"""When a training has gone wrong by its figures: a loss or gradient that is no number, a loss that stays up."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bertft_tui.core.adjustments import DIVERGED, NOT_FINITE
from bertft_tui.core.errors import Problem
from bertft_tui.core.training.failures import AttemptFailed

#: Gradients in a row that have to overflow under fp16 before they count: its loss scaling leaves a step out and
#: halves the scale at each, so a few are how it finds the scale, and ten take it from 65,536 to 64.
FP16_PATIENCE = 10

#: How many points the loss has to stay up, and how far above its lowest: ordinary noise does neither once smoothed.
_RISEN_FOR = 20
_RISEN_BY = 3.0
_SMOOTHING = 0.9


class NumberWatch:
    """Finds the first figures that are no numbers, in the order in which the Trainer logs them."""

    def __init__(self, precision: str) -> None:
        self._patience = FP16_PATIENCE if precision == "fp16" else 1
        self._in_a_row = 0

    def state(self) -> int:
        """How many gradients in a row were no numbers: all that it remembers."""
        return self._in_a_row

    def go_on(self, state: int) -> None:
        """Remember what another one did."""
        self._in_a_row = state

    def add(self, logs: Mapping[str, Any]) -> str | None:
        """Return the name of what is no number, NaN or infinite; None while all is well."""
        for name in ("loss", "eval_loss"):
            if name in logs and not math.isfinite(logs[name]):
                return name
        if "grad_norm" in logs:
            self._in_a_row = 0 if math.isfinite(logs["grad_norm"]) else self._in_a_row + 1
            if self._in_a_row >= self._patience:
                return "grad_norm"
        return None


class LossWatch:
    """Tells a loss that rises and stays up from one that is only noisy.

    It has diverged when its moving average was, for twenty points in a row, above three times the lowest that the
    average has been, and above twice what guessing costs as well: a loss that falls from 0.01 to 0.04 has not.
    `guess`: the loss of a model that knows nothing; None takes the first one seen.
    """

    def __init__(self, guess: float | None) -> None:
        self._guess = guess
        self._average = self._weight = 0.0
        self._lowest = math.inf
        self._above = 0
        self.average = math.nan

    def state(self) -> dict[str, Any]:
        """All that it remembers."""
        return vars(self).copy()

    def go_on(self, state: Mapping[str, Any]) -> None:
        """Remember what another one did."""
        vars(self).update({name: state[name] for name in vars(self)})

    @property
    def lowest(self) -> float:
        """The lowest that the moving average has been."""
        return self._lowest

    def add(self, loss: float) -> bool:
        """Take a loss in; return whether the training has diverged. One that is no number is passed over."""
        if not math.isfinite(loss):
            return False
        self._average = _SMOOTHING * self._average + (1 - _SMOOTHING) * loss
        self._weight = _SMOOTHING * self._weight + (1 - _SMOOTHING)
        self.average = self._average / self._weight
        self._lowest = min(self._lowest, self.average)
        self._guess = loss if self._guess is None else self._guess
        high = self.average > max(_RISEN_BY * self._lowest, 2 * self._guess)
        self._above = self._above + 1 if high else 0
        return self._above >= _RISEN_FOR


@dataclass(frozen=True)
class Moment:
    """When something was seen in a training, and with which learning rate."""

    step: int
    epoch: float
    rate: float

    def __str__(self) -> str:
        return f"At step {self.step} (epoch {self.epoch:.2f})"


def diverged(watch: LossWatch, moment: Moment) -> Problem:
    """Say that the loss has risen and stays up."""
    return Problem(
        "The training diverges",
        f"{moment} the loss is about {watch.average:.3g}; it had been down to {watch.lowest:.3g}. The learning rate "
        f"is {moment.rate:.3g}.",
        "A smaller training.learning_rate, some training.warmup_steps, or training.max_grad_norm = 1 usually helps.",
    )


_FIGURES = {"loss": "the training loss", "eval_loss": "the evaluation's loss", "grad_norm": "the gradient"}


def not_a_number(name: str, moment: Moment, precision: str, every: int = 1) -> Problem:
    """Say which figure is no number, when that was seen, and what to try. `every`: steps between two points."""
    since = f" or up to {every - 1} steps before" if every > 1 and name == "loss" else ""
    in_a_row = f" {FP16_PATIENCE} times in a row" if precision == "fp16" and name == "grad_norm" else ""
    lower = precision != "fp32"
    return Problem(
        "The loss is not a number",
        f"{moment}{since} {_FIGURES.get(name, name)} was NaN or infinite{in_a_row}. The learning rate was "
        f"{moment.rate:.3g}, the precision {precision}.",
        f"Try a smaller training.learning_rate, some training.warmup_steps, training.max_grad_norm = 1"
        f"{', or hardware.precision = fp32 (training.on_nan = retry takes it by itself)' if lower else ''}.",
    )


def end_of(problem: Problem, moment: Moment, precision: str) -> AttemptFailed:
    """Return the error that ends an attempt whose figures are no numbers."""
    kept = _and(problem, "Nothing of that is saved; the checkpoint before it stays.")
    return AttemptFailed(kept, reason=NOT_FINITE, step=moment.step, precision=precision)


def end_of_diverged(problem: Problem, moment: Moment) -> AttemptFailed:
    """Return the error that ends an attempt whose loss stays up."""
    kept = _and(problem, "The run ends here, as training.on_divergence asks; its checkpoints stay.")
    return AttemptFailed(kept, reason=DIVERGED, step=moment.step)


def _and(problem: Problem, sentence: str) -> Problem:
    return Problem(problem.title, f"{problem.message} {sentence}", problem.hint)
