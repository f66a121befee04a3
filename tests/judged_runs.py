"""Evidence for verdicts, made without a store: a finished run with the curves that a test wants."""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from compared_runs import record

from bertft_tui.core.analysis.rules.evidence import Evidence
from bertft_tui.core.analysis.rules.verdict import verdict
from bertft_tui.core.store.records import MetricSummary, Progress, Series

PER_EPOCH = 40

Curve = Mapping[int, float]


def every_step(level: Callable[[float], float], steps: int = 160, noise: float = 0.02, seed: int = 1) -> Curve:
    """A training loss: its level by the share of the steps that are done, with noise."""
    draw = random.Random(seed)
    return {step: level(step / steps) + draw.gauss(0, noise) for step in range(1, steps + 1)}


def falling(start: float = 0.69, end: float = 0.05) -> Callable[[float], float]:
    """A loss that falls quickly at first, and is at its end after half of the steps."""
    return lambda done: end + (start - end) * max(0.0, 1 - 2 * done) ** 2


def judged(curves: Mapping[str, Curve] | None = None, **fields: Any) -> Evidence:
    """A finished run of two classes and 1,000 evaluation texts with these curves, four epochs of 40 steps long.

    Settings as `section__field`, `labels`, `predicted` and `seeds` of the evidence, other fields of the record.
    """
    known = {"labels": (500, 500), "predicted": (500, 500), "seeds": 2}
    beside = {name: fields.pop(f"known_{name}", value) for name, value in known.items()}
    given = curves or {}
    last = max((step for curve in given.values() for step in curve), default=160)
    usual = {"eval_rows": 1000, "train_rows": 320, "data__train_size": "all", "data__eval_size": "all",
             "training__num_train_epochs": 4.0, "training__learning_rate": 3e-5,
             "progress": Progress(last, last, last / PER_EPOCH, PER_EPOCH)}  # fmt: skip
    run = record("a run", **{**usual, "metrics": None, **fields})
    series = {name: Series(name, tuple(curve), tuple(curve.values())) for name, curve in given.items()}
    run.metrics.update({name: _summary(name, curve) for name, curve in given.items()})
    return Evidence(run, series, **beside)


def said_by(evidence: Evidence) -> dict[str, str]:
    """The sentences of a verdict, by rule."""
    return {advice.rule: advice.sentence for advice in verdict(evidence)}


def changes_of(evidence: Evidence, rule: str) -> Mapping[str, Any]:
    """What a rule would change."""
    return next(advice.changes for advice in verdict(evidence) if advice.rule == rule)


def evaluated(values: Sequence[float], every: int = PER_EPOCH) -> Curve:
    """A metric at the end of each epoch."""
    return {every * (place + 1): value for place, value in enumerate(values)}


def _summary(name: str, curve: Curve) -> MetricSummary:
    """As the store keeps it: what is not finite is never the lowest nor the highest."""
    last = list(curve)[-1]
    finite = [step for step in curve if math.isfinite(curve[step])]
    if not finite:
        return MetricSummary(name, len(curve), curve[last], last, None, None, None, None)
    low, high = min(finite, key=curve.__getitem__), max(finite, key=curve.__getitem__)
    return MetricSummary(name, len(curve), curve[last], last, curve[low], low, curve[high], high)
