"""What the store gives out: frozen records, never sessions or rows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from bertft_tui.core.errors import Problem
from bertft_tui.core.metric_names import BEST_METRICS, ProblemType, direction_of, evaluation_name, own_metric
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.vitals import Vitals

if TYPE_CHECKING:
    from bertft_tui.core.config import RunConfig

_EVALUATED = frozenset(map(evaluation_name, BEST_METRICS))


class MetricSummary(NamedTuple):
    """One metric of one run in a row: kept up as points arrive. NaN is never a minimum or maximum."""

    name: str
    count: int  # type: ignore[assignment]  # no summary is asked how often it holds a value
    last: float
    last_step: int
    minimum: float | None
    minimum_step: int | None
    maximum: float | None
    maximum_step: int | None

    @property
    def best(self) -> float | None:
        """The best value in the metric's own direction; None when it has none, or every value was NaN."""
        return {"down": self.minimum, "up": self.maximum, None: None}[direction_of(self.name)]

    @property
    def best_step(self) -> int | None:
        """The step of the best value (the first, when several are equal)."""
        return {"down": self.minimum_step, "up": self.maximum_step, None: None}[direction_of(self.name)]

    @property
    def is_selected(self) -> bool:
        """Whether the best value is the best of several on the same rows: they chose it, so it flatters."""
        return self.count > 1 and self.name in _EVALUATED and self.best is not None


@dataclass(frozen=True)
class Progress:
    """Where a run stands within its training."""

    step: int = 0
    max_steps: int | None = None
    epoch: float | None = None
    steps_per_epoch: int | None = None
    samples_per_second: float | None = None
    evaluated: tuple[int, int] | None = None  # batches done and in all, while evaluating


@dataclass(frozen=True)
class RunRecord:
    """A run as the interface sees it. Times are seconds since the epoch."""

    id: str
    name: str
    status: RunStatus
    phase: str | None
    config: "RunConfig"
    created_at: float
    started_at: float | None
    ended_at: float | None
    duration_seconds: float  # over all attempts; counts on while the run is alive
    device: str | None
    device_reason: str | None
    progress: Progress
    metrics: dict[str, MetricSummary]
    error: Problem | None
    experiment: str | None = None
    phase_detail: str | None = None  # words on what the phase is about just now: a download, …
    parent: str | None = None  # id of the run it was made from
    change_note: str | None = None  # "learning_rate 5e-5 → 2e-5"
    tags: tuple[str, ...] = ()
    note: str = ""
    attempt: int = 0  # how many were started
    labels: tuple[str, ...] = ()
    problem_type: ProblemType | None = None  # known once the data was read
    train_rows: int | None = None
    eval_rows: int | None = None
    adjustments: dict[str, Any] = field(default_factory=dict)  # settings that its attempts changed: section.field
    not_finite_step: int | None = None  # the first step whose loss or gradient was NaN or infinite
    diverged_step: int | None = None  # the first step at which the loss had risen and stayed up
    trashed_at: float | None = None  # when it went to the trash
    pinned_at: float | None = None  # when it was pinned to the top of the table
    baseline_at: float | None = None  # when it became what others are compared with
    pending_request: str | None = None  # a stop, cancel or resume not yet carried out
    revision: int = 0  # the store's revision in which the run last changed

    def epoch_of(self, step: int | None) -> float | None:
        """The epoch that a step lies in, where the run's plan is known."""
        per_epoch = self.progress.steps_per_epoch
        return step / per_epoch if step is not None and per_epoch else None

    @cached_property
    def best_metric(self) -> str:
        """The metric that chooses the best checkpoint: `accuracy`, `f1_micro`, `pearsonr`, …"""
        config = self.config
        return own_metric(config.training.metric_for_best_model, self.problem_type, config.data.problem_type)

    @property
    def fraction_done(self) -> float | None:
        """Share of the training steps done, between 0 and 1."""
        total = self.progress.max_steps
        return min(1.0, self.progress.step / total) if total else None


class Outline(NamedTuple):
    """A run in a line: what the disk ledger asks of thousands."""

    id: str
    name: str
    status: RunStatus
    attempt: int  # how many were started
    trashed: bool


@dataclass(frozen=True)
class Series:
    """The points of one metric in order of their steps."""

    name: str
    steps: tuple[int, ...] = ()
    values: tuple[float, ...] = ()
    seconds: tuple[float, ...] = ()  # since the run's first attempt began


@dataclass(frozen=True)
class EventRecord:
    """One event of a run's journal, points and progress left out."""

    seq: int
    time: float
    type: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AttemptRecord:
    """One process of a run. `outcome` is the status that it ended in, None while it lives."""

    number: int
    started_at: float
    ended_at: float | None = None
    pid: int | None = None
    host: str | None = None
    boot_id: str | None = None
    device: str | None = None
    outcome: str | None = None
    exit_code: int | None = None
    exit_signal: int | None = None
    versions: dict[str, str] = field(default_factory=dict)
    adjustments: dict[str, Any] | None = None  # settings that differ from the run's: section.field
    seconds: float | None = None  # by the monotonic clock, None while it lives

    @property
    def lasted(self) -> float | None:
        """Seconds from its start to its end; None while it lives."""
        if self.seconds is not None or self.ended_at is None:
            return self.seconds
        return max(0.0, self.ended_at - self.started_at)


@dataclass(frozen=True)
class RequestRecord:
    """What somebody asked of a run: a stop, cancel or resume. Times are seconds since the epoch."""

    kind: str
    requested_at: float
    requested_by: str
    closed_at: float | None = None  # when it had happened, or no longer could; None while it waits


@dataclass(frozen=True)
class VitalsSummary:
    """What was measured of a run's process and GPU: how often, the last of it, and the highest of each."""

    count: int = 0
    seconds: float = 0.0  # of the run's own time, at the last one
    last: Vitals = field(default_factory=Vitals)
    peak: Vitals = field(default_factory=Vitals)


@dataclass(frozen=True)
class VitalsTrace:
    """Measurements over a run's own time, in seconds."""

    seconds: tuple[float, ...] = ()
    values: tuple[Vitals, ...] = ()


@dataclass(frozen=True)
class CheckpointRecord:
    """A checkpoint as it was announced; its files may have been removed since."""

    step: int
    path: str
    bytes: int
    best: bool
    time: float


@dataclass(frozen=True)
class QueueState:
    """Whether the queue hands out runs, and which wait."""

    paused: bool
    reason: str
    waiting: tuple[str, ...]  # ids in the order in which they start


@dataclass(frozen=True)
class EvaluationRecord:
    """A run's best checkpoint, scored again after training."""

    step: int
    dataset: str
    split: str
    is_test: bool  # on the rows that the run's config sets aside as its test split
    rows: int
    metrics: dict[str, float]  # by plain names: accuracy, loss, …
    created_at: float  # seconds since the epoch


def series_of(name: str, rows: Sequence[Any]) -> Series:
    """Make a series of rows with step, value and milliseconds."""
    steps, values, milliseconds = zip(*rows, strict=True) if rows else ((), (), ())
    return Series(
        name,
        steps,
        values=tuple(value if value.__class__ is float else math.nan for value in values),
        seconds=tuple(each / 1000 for each in milliseconds),
    )
