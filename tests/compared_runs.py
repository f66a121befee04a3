"""Records of runs to compare, made without a store."""

import time
from typing import Any

import numpy as np
from acted_runs import DEMO, PER_EPOCH, STEPS, ActedRun
from numpy.typing import NDArray

from bertft_tui.core.analysis.comparability import EvaluatedTexts
from bertft_tui.core.analysis.resampling import sample_of
from bertft_tui.core.config import RunConfig
from bertft_tui.core.store import commands, ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import EvaluationRecord, MetricSummary, Progress, RunRecord
from bertft_tui.core.store.status import RunStatus


def summary(name: str, value: float | None, step: int = 76, count: int = 2) -> MetricSummary:
    """A metric whose best and last value are the same; None: every value was NaN."""
    last, at = (float("nan"), None) if value is None else (value, step)
    return MetricSummary(name, count, last, step, value, at, value, at)


def record(name: str, metrics: dict[str, float | None] | None = None, **fields: Any) -> RunRecord:
    """A finished run with these best values; settings by `section.field`, other fields of the record by name."""
    settings = {key.replace("__", "."): fields.pop(key) for key in list(fields) if "__" in key}
    known: dict[str, Any] = {
        "id": name[:8],
        "name": name,
        "status": RunStatus.FINISHED,
        "phase": None,
        "config": DEMO.with_settings(settings),
        "created_at": 0.0,
        "started_at": 1.0,
        "ended_at": 61.0,
        "duration_seconds": 60.0,
        "device": "cpu",
        "device_reason": "no GPU was found",
        "progress": Progress(76, 76, 2.0, 38, 12.5),
        "metrics": {key: summary(key, value) for key, value in (metrics or {}).items()},
        "error": None,
        "labels": ("no", "yes"),
        "problem_type": "single_label_classification",
        "train_rows": 300,
        "eval_rows": 200,
    }
    return RunRecord(**{**known, **fields})


def texts(hashes: list[int], labels: list[Any]) -> EvaluatedTexts:
    """What a run was evaluated on."""
    return EvaluatedTexts(np.array(hashes, np.uint64), np.array(labels))


def several() -> list[RunRecord]:
    """A baseline, a better run with changed settings, one on other data, and one whose figures are no numbers."""
    scores = {"eval_accuracy": 0.866, "eval_f1": 0.861, "eval_loss": 0.341, "loss": 0.12}
    better = {"eval_accuracy": 0.872, "eval_f1": 0.861, "eval_loss": 0.329, "loss": 0.11, "test_accuracy": 0.85}
    return [
        record("tutorial", dict(scores)),
        record("lr 3e-5 & batch_32 | 50 % #1", dict(better), training__learning_rate=3e-5, duration_seconds=33.0),
        record(
            "=1+1 [bold]比較実験の学習率[/bold] \\x{y}$ ~^<z>",
            {"eval_accuracy": 0.934},
            data__dataset="stanford/imdb",
            duration_seconds=812.4,
            train_rows=25_000,
        ),
        record("NaN", {"eval_accuracy": None, "eval_loss": None}, adjustments={"hardware.precision": "fp32"}),
    ]


def brief(
    db: Database, name: str | None, config: RunConfig = DEMO, best: float = 0.94, parent: RunRecord | None = None
) -> ActedRun:
    """A finished run in a store, with two evaluations and a few points of its loss: quickly made."""
    run = ActedRun(db, name, config, parent).start()
    for step in (1, 19, PER_EPOCH, 57, STEPS):
        run.say("metrics", step=step, epoch=step / PER_EPOCH, values={"loss": 1.7 / step**0.5})
        if step % PER_EPOCH == 0:
            run.evaluate(step, best - 0.06 * (1 - step / STEPS))
    return run.finish()


def judged(
    db: Database,
    name: str | None,
    right: NDArray[np.bool_],
    config: RunConfig = DEMO,
    parent: RunRecord | None = None,
) -> ActedRun:
    """A finished run whose best checkpoint gets just these of its texts right, and says so in its accuracy."""
    run = brief(db, name, config, float(right.mean()), parent)
    ledger.save_predictions(db, run.key, saying(right))
    return run


def saying(right: NDArray[np.bool_]) -> Predictions:
    """Predictions of a checkpoint that gets just these of its texts right, of five classes in turn."""
    labels = np.arange(len(right), dtype=np.int32) % 5
    predicted = np.where(right, labels, (labels + 1) % 5).astype(np.int32)
    shares = np.full((len(right), 5), 0.05, np.float32)
    shares[np.arange(len(right)), predicted] = 0.8
    return Predictions(STEPS, labels, predicted, shares, np.arange(len(right), dtype=np.uint64))


def score_test_split(db: Database, run_id: str, said: Predictions, *, kept: bool = True) -> dict[str, float]:
    """Score a run on its test split with these predictions, kept or not as by older versions; return the figures."""
    samples = {name: sample_of((said,), name) for name in ("accuracy", "f1", "loss")}
    figures = {name: float(sample.values[0]) for name, sample in samples.items() if sample is not None}
    evaluation = EvaluationRecord(STEPS, "demo", "test", True, len(said), figures, time.time())
    commands.record_evaluation(db, run_id, evaluation, said if kept else None)
    return figures
