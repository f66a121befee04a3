"""One recipe on several numbers of training rows: how its errors fall, and what more rows would bring and cost."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bertft_tui.core.analysis.comparability import EvaluatedTexts, why_not
from bertft_tui.core.analysis.comparison import best_of
from bertft_tui.core.analysis.groups import by_seed, recipe_of
from bertft_tui.core.analysis.intervals import PROPORTIONS, plain_name
from bertft_tui.core.analysis.pace import expected_duration
from bertft_tui.core.analysis.power_law import FEWEST, Noise, PowerLaw, fit, interval, misfit, scatter
from bertft_tui.core.metric_names import direction_of, is_share
from bertft_tui.core.series import SEED, SIZE
from bertft_tui.core.spread import Spread, spread_of
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus

#: Beyond so many times what was measured nothing is foretold: measured curves leave their power law at some size
#: (Hestness et al. 2017 call it the irreducible region), and no point tells where.
FARTHEST = 32

#: What an interval is about: other texts and seeds; other seeds on these texts; the scatter about the curve.
Basis = Literal["texts", "seeds", "scatter"]


@dataclass(frozen=True)
class Point:
    """What a recipe reached on a number of training rows: best values, one for each seed."""

    rows: int
    spread: Spread
    texts: int | None  # evaluated on; None where that is not known
    runs: tuple[RunRecord, ...]


@dataclass(frozen=True)
class LearningCurve:
    """The points of one recipe by their rows, and the power law through them: of losses, or of errors, 1 - score.

    Without a law `why` says what is missing; without noise it says why there is no interval.
    """

    metric: str  # by its full name
    points: tuple[Point, ...]
    left_out: tuple[tuple[RunRecord, str], ...] = ()  # of the recipe, each with the reason
    law: PowerLaw | None = None
    noise: Noise | None = None
    basis: Basis | None = None
    why: str = ""
    misfit: float | None = None  # how likely the points lie so far from the law by their noise alone

    @property
    def runs(self) -> tuple[RunRecord, ...]:
        """The runs of all points."""
        return tuple(run for point in self.points for run in point.runs)

    @property
    def whole(self) -> int | None:
        """The rows of the whole training set, where one of the runs took all; else None."""
        return next((run.train_rows for run in self.runs if run.config.data.train_size == "all"), None)


@dataclass(frozen=True)
class Foretold:
    """What a recipe would reach on a number of rows, and how long it would train; None what cannot be told.

    `low` and `high`: 95 %; `why`: the sentence on what is missing.
    """

    rows: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    seconds: float | None = None
    device: str | None = None
    why: str = ""


def learning_curves(
    runs: Iterable[RunRecord],
    metric: str,
    texts: Mapping[str, EvaluatedTexts | None] | None = None,
    measured_on: Mapping[str, int | None] | None = None,
) -> tuple[LearningCurve, ...]:
    """Return the curve of each recipe: runs whose settings are equal but for `train_size` and the seed.

    `texts`: what is known of the evaluation texts, by a run's id; `measured_on`: how many texts a run's metric is
    about, where that is not its evaluation rows.
    """
    recipes: dict[tuple[str, ...], list[RunRecord]] = defaultdict(list)
    for run in runs:
        recipes[recipe_of(run, SIZE, SEED)].append(run)
    return tuple(_curve(each, metric, texts or {}, measured_on or {}) for each in recipes.values())


def _curve(
    runs: Sequence[RunRecord],
    metric: str,
    texts: Mapping[str, EvaluatedTexts | None],
    measured_on: Mapping[str, int | None],
) -> LearningCurve:
    known = [run for run in runs if not _missing(run, metric)]
    base = max(known, key=lambda run: run.train_rows or 0, default=None)
    reasons = {
        run.id: _missing(run, metric) or ("" if base is None else why_not(base, run, metric, texts)) for run in runs
    }
    sizes: dict[int, list[RunRecord]] = defaultdict(list)
    for run in runs:
        if not reasons[run.id] and run.train_rows is not None:
            sizes[run.train_rows].append(run)
    points = []
    for rows, members in sorted(sizes.items()):
        spread = spread_of(by_seed(members, metric).values(), metric)
        assert spread is not None  # each of them has a value
        points.append(Point(rows, spread, measured_on.get(members[0].id, members[0].eval_rows), tuple(members)))
    left_out = tuple((run, reasons[run.id]) for run in runs if reasons[run.id])
    return fitted(LearningCurve(metric, tuple(points), left_out))


def _missing(run: RunRecord, metric: str) -> str:
    """Why a run is no point; empty when it is one."""
    if run.status is not RunStatus.FINISHED:
        return f"is {run.status}"
    if best_of(metric, run) is None:
        return f"has no {metric}"
    return "" if run.train_rows else "does not say how many rows it was trained on"


def fitted(curve: LearningCurve) -> LearningCurve:
    """Return a curve with the law through its points and their noise, or with what these lack."""
    count = len(curve.points)
    rows, errors = _errors(curve)
    noise, basis = _noise(curve, rows, errors) if curve.points else (None, None)
    if count < FEWEST:
        why = f"{count} of the {FEWEST} sizes that a curve needs at least"
        return LearningCurve(curve.metric, curve.points, curve.left_out, None, noise, basis, why)
    why = "" if noise else "no interval: one seed at each size, and no point beside the curve to tell the noise by"
    odd = misfit(rows, errors, noise) if noise is not None and basis != "scatter" else None
    law = fit(rows, errors, noise)
    return LearningCurve(curve.metric, curve.points, curve.left_out, law, noise, basis, why, odd)


def _errors(curve: LearningCurve) -> tuple[list[int], list[float]]:
    """Rows and mean error of each point."""
    errors = [turned(point.spread.mean, curve.metric) for point in curve.points]
    return [point.rows for point in curve.points], errors


def bounds_of(curve: LearningCurve, point: Point) -> tuple[float, float] | None:
    """Between which values the truth at a point's size lies (95 %), by the noise of the curve; None without one."""
    if curve.noise is None:
        return None
    half = curve.noise.reach * curve.noise.deviations[curve.points.index(point)]
    low, high = point.spread.mean - half, point.spread.mean + half
    return (max(0.0, low), min(1.0, high)) if is_share(curve.metric) else (low, high)


def turned(value: float, metric: str) -> float:
    """A score as an error (1 - score), an error as a score; a loss is both."""
    return value if direction_of(metric) == "down" else 1 - value


def _noise(curve: LearningCurve, rows: list[int], errors: list[float]) -> tuple[Noise | None, Basis | None]:
    """How far each point may lie from the truth, and by what that is known.

    Seeds are taken to be as far apart at every size: few of each tell little. They share their texts, so that these
    do not average out.
    """
    seeds, df = _between_seeds(curve.points)
    texts = [point.texts for point in curve.points if point.texts]
    proportions = plain_name(curve.metric) in PROPORTIONS and all(0 <= error <= 1 for error in errors)
    if proportions and len(texts) == len(rows):
        shares = [(error * n + 0.5) / (n + 1) for error, n in zip(errors, texts, strict=True)]  # none has no noise
        variances = [
            share * (1 - share) / n + seeds**2 / point.spread.n
            for share, n, point in zip(shares, texts, curve.points, strict=True)
        ]
        return Noise(tuple(map(math.sqrt, variances))), "texts"
    if seeds > 0:
        return Noise(tuple(seeds / math.sqrt(point.spread.n) for point in curve.points), df), "seeds"
    found = scatter(rows, errors) if len(rows) >= FEWEST else None
    return found, "scatter" if found else None


def _between_seeds(points: Sequence[Point]) -> tuple[float, int]:
    """The standard deviation between seeds, pooled over all sizes, and its degrees of freedom; 0 if none has two."""
    df = sum(point.spread.n - 1 for point in points)
    apart = math.hypot(*((point.spread.std or 0.0) * math.sqrt(point.spread.n - 1) for point in points))
    return (apart / math.sqrt(df) if df else 0.0), df


def expect(curve: LearningCurve, rows: int) -> Foretold:
    """Tell what the curve's recipe would reach on so many rows, and what that would cost.

    The time is that of the device on which the newest of its largest runs was, from the pace of its runs there: rows
    times epochs over texts a second, and what comes besides.
    """
    if curve.law is None:
        return Foretold(rows, why=curve.why)
    least, most = curve.points[0].rows, curve.points[-1].rows
    if not least / FARTHEST <= rows <= most * FARTHEST:
        edge, bound = ("largest", most * FARTHEST) if rows > most else ("smallest", math.ceil(least / FARTHEST))
        why = f"too far to tell: {FARTHEST} times beyond the {edge} size is {bound:,}"
        return Foretold(rows, why=why)
    value = turned(_bounded(curve.law(rows), curve.metric), curve.metric)
    low = high = None
    if curve.noise is not None:
        ends = interval(*_errors(curve), curve.noise, rows)
        low, high = sorted(turned(_bounded(end, curve.metric), curve.metric) for end in ends)
    seconds, device = _duration(curve, rows)
    return Foretold(rows, value, low, high, seconds, device, curve.why)


def _duration(curve: LearningCurve, rows: int) -> tuple[float | None, str | None]:
    """How long so many rows would train, and where; None what is not known."""
    largest = max(curve.points[-1].runs, key=lambda run: run.created_at, default=None)
    if largest is None or largest.device is None:
        return None, None
    lasts = expected_duration(curve.runs, largest.config, rows, largest.device)
    return lasts.seconds if lasts else None, largest.device


def _bounded(error: float, metric: str) -> float:
    """An error that a metric can have: no share is below nought."""
    return min(error, 1.0) if is_share(metric) else error
