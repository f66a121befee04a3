"""A finished run's checkpoint at work: classifying texts, and evaluation on other rows, in a helper process."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bertft_tui.core.adjustments import evaluating
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import InputError, Problem
from bertft_tui.core.local_names import expanded
from bertft_tui.core.paths import device_lock
from bertft_tui.core.scheduling import helper
from bertft_tui.core.scheduling.devices import Device, choose, inventory
from bertft_tui.core.scheduling.leases import busy_devices
from bertft_tui.core.scheduling.preflight import absolute_paths
from bertft_tui.core.store import commands, history
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.predictions import Predictions, read_predictions
from bertft_tui.core.store.records import EvaluationRecord, RunRecord
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.tell import Tell, silent

MODULE = "bertft_tui.core.training.scoring.score"


@dataclass(frozen=True)
class Evaluated:
    """What a checkpoint scored on rows that it was not trained on."""

    step: int
    dataset: str
    split: str
    rows: int
    metrics: dict[str, float]
    is_test: bool  # whether they are the rows that the run's config sets aside for this
    chose_checkpoint: bool  # whether these very rows chose the checkpoint
    said: Predictions | None = None  # None where no disk took them
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Predicted:
    """What a checkpoint says about texts, in their order; only the first few when there are many."""

    step: int
    rows: int
    rows_shown: list[dict[str, Any]] = field(default_factory=list)  # text, predicted, probabilities
    notes: tuple[Problem, ...] = ()


def evaluate(
    db: Database,
    run: RunRecord,
    config: RunConfig,
    *,
    split: str | None,
    output: Path | None = None,
    device: str | None = None,
    tell: Tell = silent,
) -> Evaluated:
    """Score a run's best checkpoint on a split of `config.data`; None takes its test split, else the evaluation rows.

    Predictions go to `output` when one is named. Raises InputError.
    """
    question = {"kind": "evaluate", "split": split, "output": _path(output)}
    with TemporaryDirectory(prefix="bertft-tui-") as folder:
        handed_over = Path(folder, "predictions.parquet")
        question["predictions"] = str(handed_over)
        answer = _ask(db, run, {**question, **_as_json(absolute_paths(config), run)}, device, tell)
        said = read_predictions(handed_over, answer["step"]) if handed_over.exists() else None
    return Evaluated(
        step=answer["step"],
        dataset=answer["dataset"],
        split=answer["split"],
        rows=answer["rows"],
        metrics={name: float(value) for name, value in answer["metrics"].items()},
        is_test=answer["is_test"],
        chose_checkpoint=answer["chose_checkpoint"],
        said=said,
        notes=_notes(answer),
    )


def keep(db: Database, run: RunRecord, found: Evaluated) -> EvaluationRecord:
    """Write what an evaluation found into the store, and what was predicted of each row."""
    record = EvaluationRecord(
        step=found.step,
        dataset=found.dataset,
        split=found.split,
        is_test=found.is_test,
        rows=found.rows,
        metrics=found.metrics,
        created_at=time.time(),
    )
    commands.record_evaluation(db, run.id, record, found.said)
    return record


def predict(
    db: Database,
    run: RunRecord,
    config: RunConfig,
    *,
    texts: list[str],
    file: Path | None = None,
    output: Path | None = None,
    temperature: float = 1.0,
    device: str | None = None,
    tell: Tell = silent,
) -> Predicted:
    """Classify texts, or those of a file, with a run's best checkpoint. Raises InputError.

    `temperature`: what logits are divided by before they become probabilities; no decision changes.
    """
    where = {"file": _path(file), "output": _path(output)}
    question = {"kind": "predict", "texts": texts, **where, "temperature": temperature}
    answer = _ask(db, run, {**question, **_as_json(config, run)}, device, tell)
    return Predicted(answer["step"], answer["rows"], answer["shown"], _notes(answer))


def _as_json(config: RunConfig, run: RunRecord) -> dict[str, Any]:
    return {
        "config": evaluating(config, run.adjustments).model_dump(mode="json"),
        "trained": run.config.model_dump(mode="json"),
    }


def _ask(db: Database, run: RunRecord, question: dict[str, Any], device: str | None, tell: Tell) -> dict[str, Any]:
    checkpoint = checkpoint_words(db, run)
    chosen, why = free_device(device or run.config.hardware.device)
    tell(f"{chosen.name}: {why}")
    question |= {**checkpoint, **device_words(chosen)}
    return helper.ask(MODULE, question, what="The scoring", tell=tell, visible=chosen.visible_as)


def checkpoint_words(db: Database, run: RunRecord) -> dict[str, Any]:
    """Say in a question which checkpoint of a run is meant: the best. Raises InputError when there is none."""
    return {
        "run": str(db.path.run(run.id).path),
        "step": best_step(db, run),
        "problem_type": run.problem_type,
        "labels": list(run.labels),
    }


def device_words(device: Device) -> dict[str, Any]:
    """Say in a question which device to use, and by which lock it is taken; the processor is taken by none."""
    return {
        "device": "cuda:0" if device.name.startswith("cuda") else device.name,
        "device_lock": "" if device.name == "cpu" else str(device_lock(device.visible_as or device.name)),
    }


def best_step(db: Database, run: RunRecord) -> int:
    """Return the step of the newest checkpoint that was the best so far. Raises InputError when there is none."""
    best = [checkpoint.step for checkpoint in history.checkpoints(db, run.id) if checkpoint.best]
    if not best or run.problem_type is None:
        raise InputError(
            "This run has no best checkpoint",
            f"{run.id} ({run.name}) is {run.status} and was never evaluated with a checkpoint.",
            _TO_DO.get(run.status, "Choose a run that finished; `bertft-tui list` shows them."),
        )
    return best[-1]


#: What somebody can do who wants the checkpoint of a run that has none.
_TO_DO = {
    RunStatus.QUEUED: "Wait until it has started and was evaluated once, or choose a run that finished.",
    RunStatus.STARTING: "Wait for its first evaluation, or choose a run that finished.",
    RunStatus.RUNNING: "Wait for its first evaluation, or choose a run that finished.",
    RunStatus.STOPPED: "`resume` (r in the app) goes on with it; or choose a run that finished.",
    RunStatus.LOST: "`resume` (r in the app) goes on with it; or choose a run that finished.",
}


def free_device(asked: str) -> tuple[Device, str]:
    """Choose as for a run, but never wait: with every GPU busy, the processor does. Raises InputError."""
    devices = inventory()
    busy = busy_devices(devices, ()) - {"cpu"}
    chosen, why = choose(asked, devices, busy)
    if chosen is None and asked != "auto" and not why:
        raise InputError("There is no such device", f"{asked} is not in this machine.", "`bertft-tui devices` lists.")
    return (chosen, why) if chosen is not None else (devices[-1], f"{why}, so the processor")


def _notes(answer: dict[str, Any]) -> tuple[Problem, ...]:
    return tuple(Problem(**note) for note in answer.get("notes", []))


def _path(path: Path | None) -> str | None:
    return str(expanded(path).absolute()) if path is not None else None
