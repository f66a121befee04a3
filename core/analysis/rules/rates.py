"""Rules about the learning rate: numbers that burst, a loss that rises, one that stays where it was."""

from typing import Any

from bertft_tui.core.analysis.rules.curves import Course, course
from bertft_tui.core.analysis.rules.evidence import Evidence, figure
from bertft_tui.core.analysis.rules.rule import Finding
from bertft_tui.core.analysis.rules.settings import calmer, longer, rate_divided, usual_rates
from bertft_tui.core.config import RunConfig
from bertft_tui.core.value_text import format_value


def diverged(evidence: Evidence) -> Finding | None:
    """The loss was no number, or rose far and stayed up."""
    run = evidence.run
    if run.not_finite_step is not None:
        return _not_finite(evidence, run.not_finite_step)
    if run.diverged_step is None:
        return None
    step, values = run.diverged_step, [value for _, value in evidence.loss]
    at = evidence.level(step - _AROUND, step)
    if at is None or not values:
        words = f"The training diverged: the loss had risen far and stayed up at step {step:,}."
    else:
        words = (
            f"The training diverged: at step {step:,} the loss was about {figure(at)}, after it had been down to "
            f"{figure(min(values))}, at a learning rate of {_rate(run.config)}."
        )
    return Finding(words, calmer(run.config, 3))


def rate_too_high(evidence: Evidence) -> Finding | None:
    """The loss rose above its start, or stayed there at a rate above what is usual."""
    found, config = course(evidence), evidence.run.config
    if found is None:
        return None
    if found.is_above(evidence.guess):
        words = (
            f"A learning rate of {_rate(config)} is too high: the training loss began at {figure(found.start)}, then "
            f"lay at {figure(found.mean)} on average, where guessing costs {figure(evidence.guess)}."
        )
        return Finding(words, _after_a_rise(config, found))
    if found.has_risen:
        words = (
            f"A learning rate of {_rate(config)} is too high: the training loss rose from {figure(found.start)} to "
            f"{figure(found.highest)} by {evidence.when(found.highest_step)}, and ended at {figure(found.end)}."
        )
        return Finding(words, _after_a_rise(config, found))
    usual = usual_rates(config)
    if evidence.has_finished and found.has_hardly_fallen and usual and config.training.learning_rate > usual[1]:
        words = (
            f"The training loss stayed where it was ({figure(found.start)} at the start, {figure(found.end)} at the "
            f"end) at a learning rate of {_rate(config)}; up to {format_value(usual[1])} is usual."
        )
        return Finding(words, rate_divided(config, 10))
    return None


def rate_too_low(evidence: Evidence) -> Finding | None:
    """The loss has hardly fallen, at a rate that is not high."""
    found, config = course(evidence), evidence.run.config
    usual = usual_rates(config)
    if found is None or usual is None or not found.has_hardly_fallen or found.has_risen:
        return None
    rate = config.training.learning_rate
    if rate > usual[1]:
        return None
    words = (
        f"The training loss has hardly moved: {figure(found.start)} at the start, {figure(found.end)} after "
        f"{evidence.loss[-1].step:,} steps at a learning rate of {_rate(config)}."
    )
    higher = min(rate * 10, usual[1])
    return Finding(words, longer(config) if higher <= rate else rate_divided(config, rate / higher))


def _not_finite(evidence: Evidence, step: int) -> Finding:
    run = evidence.run
    before = [value for at, value in evidence.loss if at <= step]
    words = f"At step {step:,} loss or gradient was NaN or infinite, at a learning rate of {_rate(run.config)}"
    if before and before[-1] > _BURST * min(before):
        words += f"; the training loss had risen from {figure(min(before))} to {figure(before[-1])} by then"
        return Finding(f"{words}.", calmer(run.config, 10))
    if run.config.hardware.precision in ("bf16", "fp16") or "hardware.precision" in run.adjustments:
        return Finding(f"{words}.", {"hardware.precision": "fp32"})
    return Finding(f"{words}.", calmer(run.config, 3))


def _after_a_rise(config: RunConfig, found: Course) -> dict[str, Any]:
    """A third of the rate where the loss came down far again, else a tenth."""
    return calmer(config, 3 if found.end < found.start / 2 else 10)


def _rate(config: RunConfig) -> str:
    return format_value(config.training.learning_rate)


#: Steps over which the loss at one is taken.
_AROUND = 20

#: How many times its lowest a loss is when it has burst: noise of single batches is far less at the start, where
#: rates are high.
_BURST = 3.0
