"""Several runs side by side: settings that differ, best values, differences to a baseline, what each cost."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bertft_tui.core.analysis.comparability import obstacles
from bertft_tui.core.analysis.kept import NOTHING_KEPT, Kept
from bertft_tui.core.metric_names import METRICS, TEST, Direction, direction_of, evaluation_name
from bertft_tui.core.store.records import RunRecord

#: How many runs can be compared.
FEWEST, MOST = 2, 20

#: What a table of metrics shows, in its order: evaluation, test split, training.
SHOWN: tuple[str, ...] = (
    *(evaluation_name(name) for name in (*METRICS, "loss")),
    *(f"{TEST}{name}" for name in (*METRICS, "loss")),
    "loss",
    "train_loss",
)


@dataclass(frozen=True)
class Setting:
    """One setting of every run, in the order of the runs."""

    field: str  # "training.learning_rate"
    values: tuple[Any, ...]

    @property
    def name(self) -> str:
        """The setting without its section."""
        return self.field.partition(".")[2]

    @property
    def differs(self) -> bool:
        """Whether not all runs have the same value."""
        return any(value != self.values[0] for value in self.values)


@dataclass(frozen=True)
class Figure:
    """A metric of one run: its best value, or the last one where neither more nor less is better."""

    value: float  # NaN when every value was
    step: int | None
    epoch: float | None
    selected: bool  # the best of several on the same rows, which flatters
    difference: float | None  # to the baseline's, in the metric's own unit; None when one of both is no number
    comparable: bool  # whether it may be held against the baseline's
    best: bool  # no comparable run has a better one, and there is another to compare with


@dataclass(frozen=True)
class MetricRow:
    """A metric of every run, None where a run has not reported it."""

    name: str  # "eval_accuracy"
    figures: tuple[Figure | None, ...]

    @property
    def direction(self) -> Direction | None:
        """Whether more or less is better."""
        return direction_of(self.name)


@dataclass(frozen=True)
class Comparison:
    """Runs side by side."""

    runs: tuple[RunRecord, ...]
    baseline: int  # its place among the runs
    settings: tuple[Setting, ...]
    metrics: tuple[MetricRow, ...]
    obstacles: tuple[tuple[str, ...], ...]  # for each run: why its evaluation cannot be held against the baseline's
    test_obstacles: tuple[tuple[str, ...], ...]  # the same for the test split

    @property
    def differing(self) -> tuple[Setting, ...]:
        """The settings in which the runs differ."""
        return tuple(setting for setting in self.settings if setting.differs)

    @property
    def same(self) -> tuple[Setting, ...]:
        """The settings that are the same in all."""
        return tuple(setting for setting in self.settings if not setting.differs)

    def metric(self, name: str) -> MetricRow | None:
        """The row of a metric, by its full name; None when no run has it."""
        return next((row for row in self.metrics if row.name == name), None)

    def obstacles_to(self, metric: str) -> tuple[tuple[str, ...], ...]:
        """For each run, why a metric of it cannot be held against the baseline's."""
        return self.test_obstacles if metric.startswith(TEST) else self.obstacles


def compare(
    runs: Sequence[RunRecord],
    baseline: str | None = None,
    kept: Mapping[str, Kept] | None = None,
    also: Iterable[str] = (),
) -> Comparison:
    """Put runs side by side; `baseline` is the id of the one that the others are held against.

    Without it that is the one that somebody made the baseline, if it is among them, else the first.

    `kept`: of each run's evaluations, by id. `also`: metrics to show beside the usual ones.
    """
    place = _place_of(runs, baseline)
    base, known = runs[place], kept or {}
    mine = known.get(base.id, NOTHING_KEPT)
    pairs = [(run, known.get(run.id, NOTHING_KEPT)) for run in runs]
    evaluation = tuple(
        () if run is base else obstacles(base, run, (mine.texts, theirs.texts)) for run, theirs in pairs
    )
    tested = tuple(
        () if run is base else obstacles(base, run, (mine.test_texts, theirs.test_texts), test=True)
        for run, theirs in pairs
    )
    reported = {name for run in runs for name in run.metrics}
    names = [name for name in dict.fromkeys((*SHOWN, *also)) if name in reported]
    flat = [run.config.flat() for run in runs]
    return Comparison(
        runs=tuple(runs),
        baseline=place,
        settings=tuple(Setting(field, tuple(each[field] for each in flat)) for field in flat[0]),
        metrics=tuple(
            _metric_row(name, runs, place, tested if name.startswith(TEST) else evaluation) for name in names
        ),
        obstacles=evaluation,
        test_obstacles=tested,
    )


def best_of(metric: str, run: RunRecord) -> float | None:
    """Return the best value of a run by a metric (its full name); None where it has none that is a number."""
    summary = run.metrics.get(metric)
    return summary.best if summary is not None and _is_number(summary.best) else None


def texts_per_second(run: RunRecord) -> float | None:
    """How many texts a second a run trained on: the Trainer's closing figure, of a live run the present one."""
    closing = run.metrics.get("train_samples_per_second")
    return closing.last if closing is not None else run.progress.samples_per_second


def per_minute(run: RunRecord, figure: Figure | None) -> float | None:
    """A best value for each minute that its run has taken; None without one."""
    return None if figure is None else value_per_minute(run, figure.value)


def value_per_minute(run: RunRecord, value: float) -> float | None:
    """A value for each minute that its run has taken; None where one of both is no number."""
    return value / (run.duration_seconds / 60) if math.isfinite(value) and run.duration_seconds > 0 else None


def _place_of(runs: Sequence[RunRecord], baseline: str | None) -> int:
    fits = [place for place, run in enumerate(runs) if run.id == baseline]
    marked = [place for place, run in enumerate(runs) if run.baseline_at is not None]
    return next(iter((*fits, *marked)), 0)


def _metric_row(name: str, runs: Sequence[RunRecord], base: int, why_not: Sequence[tuple[str, ...]]) -> MetricRow:
    values = [_value(name, run) for run in runs]
    fair = [value for value, reasons in zip(values, why_not, strict=True) if not reasons and _is_number(value)]
    best = _best(name, fair)
    figures: list[Figure | None] = []
    for place, (run, value, reasons) in enumerate(zip(runs, values, why_not, strict=True)):
        if value is None:
            figures.append(None)
            continue
        step = _step(name, run)
        figures.append(
            Figure(
                value=value,
                step=step,
                epoch=run.epoch_of(step),
                selected=run.metrics[name].is_selected,
                difference=None if place == base else _difference(value, values[base]),
                comparable=not reasons,
                best=not reasons and best is not None and value == best,
            )
        )
    return MetricRow(name, tuple(figures))


def _step(name: str, run: RunRecord) -> int | None:
    summary = run.metrics[name]
    return summary.last_step if summary.best is None else summary.best_step


def _difference(value: float, base: float | None) -> float | None:
    return value - base if base is not None and _is_number(value) and _is_number(base) else None


def _value(name: str, run: RunRecord) -> float | None:
    """The best value; the last where none is best, also when that is no number. None without any."""
    summary = run.metrics.get(name)
    if summary is None:
        return None
    return summary.last if summary.best is None else summary.best


def _best(name: str, values: list[Any]) -> float | None:
    """The best of at least two values; None where neither more nor less is better."""
    direction = direction_of(name)
    if direction is None or len(values) < FEWEST:
        return None
    return float(max(values) if direction == "up" else min(values))


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
