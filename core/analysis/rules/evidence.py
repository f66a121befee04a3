"""What the rules look at: a run, its curves, and what it said about the evaluation texts."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bertft_tui.core.analysis.intervals import PROPORTIONS, Interval, interval_of_best
from bertft_tui.core.analysis.rules.thresholds import LITTLE_LEFT
from bertft_tui.core.metric_names import direction_of, evaluation_name, guess_loss, is_share
from bertft_tui.core.store.records import RunRecord, Series
from bertft_tui.core.store.status import RunStatus


class Point(NamedTuple):
    """One value of a curve that is a number."""

    step: int
    value: float


class Majority(NamedTuple):
    """The answer that is right most often, and how often: a share of the evaluation texts."""

    label: str
    share: float


@dataclass(frozen=True)
class Evidence:
    """A run with what is known about it. What is not known is empty, and the rules that need it are silent.

    labels, predicted: how many evaluation texts have each label, and for how many it was predicted, by label id.
    seeds: how many runs, this one too, differ in nothing but their seed; None: nobody has counted.
    """

    run: RunRecord
    curves: Mapping[str, Series] = field(default_factory=dict)
    labels: tuple[int, ...] = ()
    predicted: tuple[int, ...] = ()
    seeds: int | None = None

    def points(self, name: str) -> tuple[Point, ...]:
        """The numbers of a curve by step; NaN and infinite values are left out."""
        series = self.curves.get(name, Series(name))
        pairs = zip(series.steps, series.values, strict=True)
        return tuple(Point(step, value) for step, value in pairs if math.isfinite(value))

    @cached_property
    def loss(self) -> tuple[Point, ...]:
        """The training loss."""
        return self.points("loss")

    @cached_property
    def eval_loss(self) -> tuple[Point, ...]:
        """The loss of the evaluations."""
        return self.points("eval_loss")

    @cached_property
    def scores(self) -> tuple[Point, ...]:
        """The metric that chooses the best checkpoint."""
        return self.points(evaluation_name(self.run.best_metric))

    @property
    def has_finished(self) -> bool:
        """Whether the training came to its end."""
        return self.run.status is RunStatus.FINISHED

    @property
    def sign(self) -> int:
        """1 where more of the metric is better, -1 where less is."""
        return -1 if direction_of(self.run.best_metric) == "down" else 1

    @property
    def best(self) -> Point | None:
        """The best value of the metric; None before the first."""
        summary = self.run.metrics.get(evaluation_name(self.run.best_metric))
        if summary is None or summary.best is None or summary.best_step is None:
            return None
        return Point(summary.best_step, summary.best)

    @property
    def interval(self) -> Interval | None:
        """Where the best value lies with 95 %, if it is a share of the evaluation texts; else None."""
        return interval_of_best(self.run, evaluation_name(self.run.best_metric))

    @property
    def has_left_little(self) -> bool:
        """Whether so many answers are right that more of them could hardly be seen."""
        return self.best is not None and is_share(self.run.best_metric) and self.best.value > LITTLE_LEFT

    @property
    def majority(self) -> Majority | None:
        """The commonest label of the evaluation texts; None where labels are not known, or are no classes."""
        total = sum(self.labels)
        if not total or self.run.best_metric not in PROPORTIONS:
            return None
        most = max(range(len(self.labels)), key=self.labels.__getitem__)
        return Majority(self.name_of(most), self.labels[most] / total)

    def name_of(self, label: int) -> str:
        """A label in quotes, cut where it is long."""
        names = self.run.labels
        name = names[label] if label < len(names) else str(label)
        return f"“{name[:_LONG]}…”" if len(name) > _LONG else f"“{name}”"

    @property
    def even_guess(self) -> float | None:
        """What guessing without looking scores on average, whatever the shares of the labels; None for no classes."""
        classes = len(self.run.labels)
        is_one = self.run.problem_type == "single_label_classification" and self.run.best_metric in PROPORTIONS
        return 1 / classes if is_one and classes else None

    @property
    def guess(self) -> float:
        """The loss of a model that knows nothing; 0 where there is no such number."""
        kind = self.run.problem_type
        return (guess_loss(kind, len(self.run.labels)) if kind is not None else None) or 0.0

    def error_of(self, value: float) -> float | None:
        """The standard error of a value of the metric on these texts; None where no formula gives it.

        Of a share as of one that is counted, of a correlation (1 - r²) / √(n - 1) (Fisher 1915).
        """
        n = self.run.eval_rows
        if not n or n < 2:
            return None
        if is_share(self.run.best_metric) and 0 <= value <= 1:
            return math.sqrt(value * (1 - value) / n)
        if self.run.best_metric.endswith("r") and abs(value) <= 1:
            return (1 - value * value) / math.sqrt(n - 1)
        return None

    def when(self, step: int) -> str:
        """A step in words: `epoch 1.5`, or `the start`."""
        if step == 0:
            return "the start"
        epoch = self.run.epoch_of(step)
        return f"step {step:,}" if epoch is None else f"epoch {epoch:.3g}"

    def level(self, after: float, until: float) -> float | None:
        """The median of the training loss in the steps behind one, up to another; None without any."""
        return median(value for step, value in self.loss if after < step <= until)


def figure(value: float) -> str:
    """A number in a sentence: three decimals as a metric has them, fewer of what is large, two digits of the rest."""
    size = abs(value)
    if size >= _LARGE:
        return f"{value:,.0f}" if size >= _THOUSAND else f"{value:.3g}"
    return f"{value:.3f}" if size >= _SMALL or not value else f"{value:.2g}"


def median(values: Iterable[float]) -> float | None:
    """The middle of some numbers; None of none."""
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


_LONG = 30
_SMALL, _LARGE, _THOUSAND = 0.001, 10, 1000
