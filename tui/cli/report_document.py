"""The documents of `report --json` and `examples --json`. Their keys are stable."""

from typing import Any

from bertft_tui.core.analysis.calibration import Calibration, Scores
from bertft_tui.core.analysis.classes import ClassReport
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cli.documents import number, plain


def report_document(run: RunRecord, said: Predictions, classes: ClassReport, sure: Calibration) -> dict[str, Any]:
    """Return what a run makes of each class, and whether it is as sure as it should be."""
    return {
        "run": run.id,
        "name": run.name,
        "step": said.step,
        "problem_type": said.problem_type,
        "n": classes.n,
        "right": classes.right,
        "chose_checkpoint": chose_checkpoint(run),
        "classes": [
            {
                "label": each.label,
                "support": each.support,
                "predicted": each.predicted,
                "correct": each.correct,
                "precision": each.precision,
                "recall": each.recall,
                "f1": each.f1,
            }
            for each in classes.scores
        ],
        "confusion": _confusion(classes),
        "calibration": _calibration(sure),
    }


def chose_checkpoint(run: RunRecord) -> bool:
    """Whether the rows that a run's predictions are about chose its checkpoint among several, which flatters."""
    return any(summary.is_selected for summary in run.metrics.values())


def _confusion(classes: ClassReport) -> dict[str, Any] | None:
    if classes.confusion is None or classes.by_row is None:
        return None
    return {"counts": classes.confusion.tolist(), "by_row": classes.by_row.tolist()}


def _calibration(sure: Calibration) -> dict[str, Any]:
    warm = sure.temperature
    return {
        "n": sure.n,
        "decisions": sure.decisions,
        "left_out": sure.left_out,
        **_scores(sure.scores),
        "bins": [
            {
                "low": each.low,
                "high": each.high,
                "count": each.count,
                "confidence": number(each.confidence),
                "observed": number(each.observed),
            }
            for each in sure.bins
        ],
        "temperature": None
        if warm is None
        else {"value": warm.value, "folds": warm.folds, "at_bound": warm.at_bound, "after": _scores(warm.after)},
    }


def _scores(scores: Scores) -> dict[str, Any]:
    found: dict[str, Any] = plain({"ece": scores.ece, "nll": scores.nll, "brier": scores.brier})
    return found
