"""The documents of `report --json` and `examples --json`. Their keys are stable."""

from collections.abc import Mapping, Sequence
from typing import Any

from bertft_tui.core.analysis.calibration import Calibration, Scores
from bertft_tui.core.analysis.classes import ClassReport, is_right
from bertft_tui.core.analysis.examples import sureness
from bertft_tui.core.scheduling.texts_again import EvaluatedText
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cli.documents import number, plain
from bertft_tui.tui.report_words import chose_checkpoint


def report_document(
    run: RunRecord, said: Predictions, classes: ClassReport, sure: Calibration, *, tested: bool
) -> dict[str, Any]:
    """Return what a run makes of each class, and whether it is as sure as it should be.

    `tested`: it is about the test split.
    """
    return {
        "run": run.id,
        "name": run.name,
        "step": said.step,
        "problem_type": said.problem_type,
        "n": classes.n,
        "right": classes.right,
        "low": classes.interval.low,
        "high": classes.interval.high,
        "is_test": tested,
        "chose_checkpoint": chose_checkpoint(run) and not tested,
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
                "observed_low": each.interval.low if each.interval is not None else None,
                "observed_high": each.interval.high if each.interval is not None else None,
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


def example_documents(
    runs: Sequence[RunRecord],
    said: Sequence[Predictions],
    positions: Sequence[int],
    texts: Mapping[int, EvaluatedText],
) -> list[dict[str, Any]]:
    """Return examples: what is true and what each run says of it, in the labels of the first run.

    `said`: of every run in the order of the first; `texts`: those that could be read again, by hash.
    """
    answers = [_answers(run, each, positions, runs[0].labels) for run, each in zip(runs, said, strict=True)]
    first = said[0]
    return [
        {
            "position": position,
            "text_hash": f"{int(first.text_hash[position]):016x}",
            **_text(texts.get(int(first.text_hash[position]))),
            "label": _named(first.label[position], runs[0].labels),
            "answers": list(each),
        }
        for position, *each in zip(positions, *answers, strict=True)
    ]


def _text(found: EvaluatedText | None) -> dict[str, Any]:
    text, pair = (None, None) if found is None else (*found.parts, None)[:2]
    return {"text": text, "pair": pair, "place": None if found is None else found.place}


def _answers(
    run: RunRecord, said: Predictions, positions: Sequence[int], labels: tuple[str, ...]
) -> list[dict[str, Any]]:
    right, sure = is_right(said), sureness(said)
    return [
        {
            "run": run.id,
            "predicted": _named(said.predicted[position], labels),
            "right": bool(right[position]),
            "probability": number(float(sure[position])),
            "probabilities": plain(dict(zip(labels, said.probabilities[position].tolist(), strict=True))),
        }
        for position in positions
    ]


def _named(value: Any, labels: tuple[str, ...]) -> str | list[str]:
    """A label by its id, or those that are 1."""
    if value.ndim:
        return [label for label, given in zip(labels, value.tolist(), strict=True) if given]
    return labels[int(value)]
