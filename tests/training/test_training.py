"""What a training keeps and shows: labels, notes, early stopping, losses that are not numbers."""

import json
import math
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from tiny_bert import texts, write_csv
from training_runs import Acting, Prompter, attempt, events, launch, make_run, points, weights
from transformers import AutoModelForSequenceClassification, TrainerControl, TrainerState, TrainingArguments

from bertft_tui.core.config import RunConfig
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training import checkpoints, worker
from bertft_tui.core.training.callbacks import EarlyStopping
from bertft_tui.core.training.control import Control
from bertft_tui.core.training.reporter import Reporter


def test_integer_labels(tmp_path: Path, config: RunConfig) -> None:
    """Integer labels are sorted as numbers, mapped to ids, and kept with the model."""
    numbers = {"food": "10", "sport": "2", "weather": "-1"}
    path = write_csv(tmp_path / "numbers.csv", [(text, numbers[label]) for text, label in texts(48)])
    run = make_run(tmp_path / "run", config.with_settings({"data.dataset": str(path), "data.eval_split": None}))
    assert attempt(run) == "finished"
    assert events(run, "plan")[0].fields["labels"] == ["-1", "2", "10"]
    model = AutoModelForSequenceClassification.from_pretrained(run.checkpoints / "checkpoint-10")
    assert model.config.id2label == {0: "-1", 1: "2", 2: "10"}
    assert model.config.label2id == {"-1": 0, "2": 1, "10": 2}


def test_plan(tmp_path: Path, config: RunConfig) -> None:
    """The plan says what is ahead, on which device and in which precision, how texts are padded, and why."""
    run = make_run(tmp_path / "run", config)
    assert attempt(run) == "finished"
    plan = events(run, "plan")[0].fields
    assert (plan["max_steps"], plan["steps_per_epoch"]) == (12, 6)
    assert (plan["train_rows"], plan["eval_rows"]) == (44, 20)
    assert (plan["device"], plan["precision"]) == ("cpu", "fp32")
    assert plan["precision_reason"] == "fp32: asked for"
    padding, dropout, masks, last_layer, embeddings, order, passes = plan["recipe"]
    assert padding["value"] == "packed"
    assert "need no padding" in padding["reason"]
    assert dropout["value"] == "0"
    assert "end to end has none" in dropout["reason"]
    assert masks["value"] == "16bit"
    assert "one after the other" in masks["reason"]
    assert last_layer["value"] == "first_token"
    assert embeddings["value"] == "all"
    assert "most of the model's tokens" in embeddings["reason"]
    assert order["value"] == "random"
    assert (passes["setting"], passes["value"]) == ("training.per_device_train_batch_size", "8 × 1")


def test_head_in_a_sentence(tmp_path: Path, config: RunConfig) -> None:
    """The new classification head is explained in one warning, which names its weights."""
    run = make_run(tmp_path / "run", config.with_settings({"training.max_steps": 1}))
    assert attempt(run) == "finished"
    (warning,) = events(run, "warning")
    assert warning.fields["title"] == "The classification head is new"
    assert "classifier.bias, classifier.weight" in warning.fields["message"]


def test_head_for_other_labels(tmp_path: Path, config: RunConfig, csv_folder: Path) -> None:
    """A model that was a classifier for other labels gets a new head, and a warning says so."""
    first = make_run(tmp_path / "first", config.with_settings({"training.max_steps": 1}))
    assert attempt(first) == "finished"
    path = write_csv(tmp_path / "two.csv", [row for row in texts(60) if row[1] != "food"])
    settings = {
        "model.name_or_path": str(first.checkpoints / "checkpoint-1"),
        "data.dataset": str(path),
        "data.eval_split": None,
        "training.max_steps": 1,
    }
    second = make_run(tmp_path / "second", config.with_settings(settings))
    assert attempt(second) == "finished"
    assert events(second, "warning")[0].fields["title"] == "The classification head is replaced"


def test_nan_is_shown(tmp_path: Path, config: RunConfig, tiny_model: Path) -> None:
    """A loss that is not a number stays visible, is never the best, and no predictions are kept of it."""
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    tensors = load_file(folder / "model.safetensors")
    tensors["embeddings.LayerNorm.weight"][0] = math.nan
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    settings = {
        "model.name_or_path": str(folder),
        "training.metric_for_best_model": "loss",
        "training.on_nan": "continue",
    }
    run = make_run(tmp_path / "run", config.with_settings(settings))
    assert attempt(run) == "finished"
    found = points(run)
    assert math.isnan(found["loss", 1])
    assert math.isnan(found["eval_loss", 12])
    assert not events(run, "checkpoint")[-1].fields["best"]
    assert events(run, "warning")[-1].fields["title"] == "There is no best checkpoint"
    assert not run.predictions.exists()


@contextmanager
def own_signals() -> Iterator[None]:
    """Put back what this process does at the signals that a worker listens to."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.parametrize(("ask", "ending"), [("stop", "stopped"), ("SIGTERM", "stopped"), ("cancel", "cancelled")])
def test_asked_to_end_while_saving(tmp_path: Path, config: RunConfig, ask: str, ending: str) -> None:
    """The checkpoint is written whole, nothing half-written is left, and a stopped run goes on bit for bit."""
    run, whole = make_run(tmp_path / "run", config), make_run(tmp_path / "whole", config)

    def request() -> None:
        signal.raise_signal(signal.SIGTERM) if ask == "SIGTERM" else (run.control / ask).touch()

    control, journal = Control(run), Acting(run, ("phase", {"phase": "saving"}, request))
    with own_signals():
        control.listen()
        worker.work(run, launch(run, 1), Reporter(journal, control))
    journal.close()
    assert events(run)[-1].type == ending
    assert run.checkpoints / "checkpoint-6" in run.checkpoints.iterdir()
    assert all(checkpoints.is_resumable(checkpoint) for checkpoint in run.checkpoints.iterdir())
    if ending == "stopped":
        assert attempt(run, 2) == "finished"
        assert attempt(whole) == "finished"
        assert points(run) == points(whole)
        assert weights(run, 12) == weights(whole, 12)


def test_early_stopping(tmp_path: Path, config: RunConfig) -> None:
    """Training ends after the evaluations that were not better, also when it was stopped in between."""
    settings = {
        "training.learning_rate": 1e-9,  # nothing is learnt, so the first evaluation stays the best
        "training.num_train_epochs": 8,
        "training.early_stopping_patience": 3,
    }
    run = make_run(tmp_path / "run", config.with_settings(settings))
    assert attempt(run, 1, Prompter(run, run.stop_request, "metrics", step=13)) == "stopped"
    assert attempt(run, 2) == "finished"
    evaluated = [step for name, step in points(run) if name == "eval_accuracy"]
    assert evaluated == [6, 12, 18, 24]
    assert attempt(run, 3) == "finished"  # it had ended: nothing more is trained
    assert [step for name, step in points_of_last_attempt(run) if name == "loss"] == []


def points_of_last_attempt(run: RunDirectory) -> list[tuple[str, int]]:
    """Return names and steps of the metrics since the last attempt began."""
    last = events(run, "attempt")[-1].seq
    return [
        (name, event.fields["step"])
        for event in events(run, "metrics")
        if event.seq > last
        for name in event.fields["values"]
    ]


def test_early_stopping_passes_over_nan(tmp_path: Path) -> None:
    """NaN counts as an evaluation that was not better."""
    arguments = TrainingArguments(
        output_dir=str(tmp_path), metric_for_best_model="eval_loss", greater_is_better=False, use_cpu=True
    )
    for losses, stops in (([1.0, math.nan, 0.5], False), ([1.0, math.nan, math.nan], True), ([math.nan], False)):
        history = [{"eval_loss": loss, "step": step} for step, loss in enumerate(losses, start=1)]
        control = EarlyStopping(2).on_evaluate(arguments, TrainerState(log_history=history), TrainerControl())
        assert control.should_training_stop is stops, losses


def test_dropouts_reach_the_model(tmp_path: Path, config: RunConfig) -> None:
    """The dropouts of the config stand in the saved model's config, the classifier's too."""
    settings = {"model.attention_dropout": 0.25, "model.hidden_dropout": 0.5, "training.max_steps": 1}
    run = make_run(tmp_path / "run", config.with_settings(settings))
    assert attempt(run) == "finished"
    saved = json.loads((run.checkpoints / "checkpoint-1" / "config.json").read_text())
    assert saved["attention_probs_dropout_prob"] == 0.25
    assert (saved["hidden_dropout_prob"], saved["classifier_dropout"]) == (0.5, 0.5)


def test_pairs(tmp_path: Path, config: RunConfig) -> None:
    """A second text column is read and becomes the second segment."""
    path = tmp_path / "pairs.csv"
    rows = [f"{text},{label} today,{label}" for text, label in texts(48)]
    path.write_text("\n".join(["first,second,label", *rows]))
    settings = {"data.dataset": str(path), "data.eval_split": None, "data.text_pair_column": "second"}
    run = make_run(tmp_path / "run", config.with_settings(settings | {"training.max_steps": 2}))
    assert attempt(run) == "finished"
