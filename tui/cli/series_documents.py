"""The documents of `learning-curve`, `lineage` and `pareto --json`. Their keys are stable."""

from collections.abc import Sequence
from typing import Any

from bertft_tui.core.analysis.cost import Contest
from bertft_tui.core.analysis.intervals import Interval
from bertft_tui.core.analysis.learning_curve import Foretold, LearningCurve, bounds_of
from bertft_tui.core.analysis.lineage import Branch, Step, Tree
from bertft_tui.core.analysis.paired import Pair
from bertft_tui.core.metric_names import direction_of
from bertft_tui.tui.cli.documents import number


def curves_document(curves: Sequence[tuple[LearningCurve, Foretold | None]]) -> dict[str, Any]:
    """Return learning curves, each with what it foretells."""
    return {"curves": [_curve(curve, expected) for curve, expected in curves]}


def _curve(curve: LearningCurve, expected: Foretold | None) -> dict[str, Any]:
    law = curve.law
    return {
        "metric": curve.metric,
        "direction": direction_of(curve.metric),
        "points": [
            {
                "rows": point.rows,
                "mean": point.spread.mean,
                **_ends(bounds_of(curve, point)),
                "std": point.spread.std,
                "n": point.spread.n,
                "best": point.spread.best,
                "worst": point.spread.worst,
                "texts": point.texts,
                "runs": [run.id for run in point.runs],
            }
            for point in curve.points
        ],
        "law": {"floor": law.floor, "scale": law.scale, "exponent": law.exponent} if law else None,
        "basis": curve.basis,
        "why": curve.why,
        "misfit": number(curve.misfit),
        "expected": _expected(expected) if expected is not None else None,
        "left_out": [{"id": run.id, "why": why} for run, why in curve.left_out],
    }


def _interval(interval: Interval | None) -> dict[str, Any]:
    return _ends((interval.low, interval.high) if interval is not None else None)


def _ends(bounds: tuple[float, float] | None) -> dict[str, Any]:
    low, high = bounds if bounds is not None else (None, None)
    return {"low": number(low), "high": number(high)}


def _expected(expected: Foretold) -> dict[str, Any]:
    return {
        "rows": expected.rows,
        "value": number(expected.value),
        "low": number(expected.low),
        "high": number(expected.high),
        "seconds": number(expected.seconds),
        "device": expected.device,
        "why": expected.why,
    }


def lineage_document(found: Sequence[Tree]) -> dict[str, Any]:
    """Return trees of runs, each a list in which a run stands behind its parent."""
    return {"trees": [[_branch(branch) for branch in tree] for tree in found]}


def _branch(branch: Branch) -> dict[str, Any]:
    return {
        "id": branch.run.id,
        "name": branch.run.name,
        "status": str(branch.run.status),
        "depth": branch.depth,
        "parent": branch.run.parent,
        "note": branch.note,
        **_interval(branch.interval),
        "step": _step(branch.step) if branch.step is not None else None,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "change": step.change,
        "metric": step.metric,
        "difference": number(step.difference),
        "why_not": step.why_not,
        "pair": _pair(step.pair) if step.pair is not None else None,
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "n": pair.n,
        "difference": number(pair.difference),
        "low": number(pair.low),
        "high": number(pair.high),
        "p_value": number(pair.p_value),
        "p_adjusted": number(pair.p_adjusted),
        "test": pair.test,
        "verdict": pair.decision,
        "needed": pair.needed,
    }


def pareto_document(contests: Sequence[Contest]) -> dict[str, Any]:
    """Return what runs took for what they reached, the quickest first in each contest."""
    return {
        "contests": [
            {
                "metric": contest.metric,
                "direction": contest.direction,
                "runs": [
                    {
                        "id": cost.run.id,
                        "name": cost.run.name,
                        "value": number(cost.value),
                        **_interval(cost.interval),
                        "selected": cost.run.metrics[contest.metric].is_selected,
                        "device": cost.run.device,
                        "device_seconds": number(cost.device_seconds),
                        "texts_per_second": number(cost.texts_per_second),
                        "per_minute": number(cost.per_minute),
                        "on_front": cost.on_front,
                    }
                    for cost in contest.costs
                ],
            }
            for contest in contests
        ]
    }
