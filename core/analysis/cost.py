"""What runs took for what they reached: device-seconds, pace, score for each minute; and which of them none beats."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bertft_tui.core.analysis.comparability import EvaluatedTexts, why_not
from bertft_tui.core.analysis.comparison import best_of, texts_per_second, value_per_minute
from bertft_tui.core.analysis.intervals import Interval, interval_of_best
from bertft_tui.core.analysis.kept import Sure
from bertft_tui.core.metric_names import Direction, direction_of
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus


@dataclass(frozen=True)
class Cost:
    """What a run took, and what it reached by a metric."""

    run: RunRecord
    value: float  # its best one
    interval: Interval | None  # of the value; None where nobody knows
    device_seconds: float  # of all attempts; a run has one device
    texts_per_second: float | None  # trained on; None where that is not known
    per_minute: float | None  # `value` for each minute; None for what is better when there is less of it
    on_front: bool  # whether no run that may be held against it is better in no more time, or as good in less


@dataclass(frozen=True)
class Contest:
    """Runs that were measured on the same texts, the quickest first, with the front among them."""

    metric: str  # by its full name
    direction: Direction
    costs: tuple[Cost, ...]

    @property
    def front(self) -> tuple[Cost, ...]:
        """The runs on the front, the quickest first: each takes longer than the one before, and is better."""
        return tuple(cost for cost in self.costs if cost.on_front)


def contests_of(
    runs: Iterable[RunRecord],
    metric: str,
    texts: Mapping[str, EvaluatedTexts | None] | None = None,
    sure: Sure = interval_of_best,
) -> tuple[Contest, ...]:
    """Put finished runs that may be held against each other together, and find the front of each such contest.

    Runs without a value of the metric, or without a time, are left out; so is a metric of which neither more nor less
    is better. `texts`: what is known of the evaluation texts, by a run's id. `sure`: how sure each value is.
    """
    direction = direction_of(metric)
    contests: list[list[RunRecord]] = []
    for run in runs:
        timed = run.status is RunStatus.FINISHED and run.duration_seconds > 0
        if direction is None or not timed or best_of(metric, run) is None:
            continue
        alike = (contest for contest in contests if not why_not(contest[0], run, metric, texts or {}))
        if (found := next(alike, None)) is not None:
            found.append(run)
        else:
            contests.append([run])
    if direction is None:
        return ()
    return tuple(Contest(metric, direction, _costs(contest, metric, direction, sure)) for contest in contests)


def _costs(runs: Sequence[RunRecord], metric: str, direction: Direction, sure: Sure) -> tuple[Cost, ...]:
    values = [best_of(metric, run) or 0.0 for run in runs]
    front = pareto_front([run.duration_seconds for run in runs], [_upward(value, direction) for value in values])
    costs = [
        Cost(
            run=run,
            value=value,
            interval=sure(run, metric),
            device_seconds=run.duration_seconds,
            texts_per_second=texts_per_second(run),
            per_minute=value_per_minute(run, value) if direction == "up" else None,
            on_front=place in front,
        )
        for place, (run, value) in enumerate(zip(runs, values, strict=True))
    ]
    return tuple(sorted(costs, key=lambda cost: (cost.device_seconds, -_upward(cost.value, direction), cost.run.id)))


def _upward(value: float, direction: Direction) -> float:
    return value if direction == "up" else -value


def pareto_front(seconds: Sequence[float], scores: Sequence[float]) -> frozenset[int]:
    """Return the places of those that no other beats: none is as quick and better, nor quicker and as good.

    Equal ones share their place on it. More of a score is better.
    """
    front: list[int] = []
    best = -float("inf")
    for place in sorted(range(len(seconds)), key=lambda at: (seconds[at], -scores[at])):
        same = front and (seconds[place], scores[place]) == (seconds[front[-1]], scores[front[-1]])
        if scores[place] > best or same:
            front.append(place)
            best = scores[place]
    return frozenset(front)
