"""Predictions of the best checkpoint: their order, their accuracy, their hashes."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tiny_bert import texts
from training_runs import Prompter, attempt, events, make_run, points

from bertft_tui.core.config import RunConfig
from bertft_tui.core.store.predictions import read_predictions
from bertft_tui.core.training.predictions import write_predictions


@pytest.mark.parametrize("sampler", ["random", "batch_rebalance", "sequential"])
def test_order_and_accuracy(tmp_path: Path, config: RunConfig, sampler: str) -> None:
    """Predictions stand in the order of the evaluation data, and their accuracy is the recorded one."""
    run = make_run(tmp_path / "run", config.with_settings({"training.train_sampling_strategy": sampler}))
    assert attempt(run) == "finished"
    table = pq.read_table(run.predictions).to_pydict()
    labels = sorted({label for _, label in texts(20, seed=2)})
    assert table["index"] == list(range(20))
    assert [labels[label] for label in table["label"]] == [label for _, label in texts(20, seed=2)]
    hashes = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") for text, _ in texts(20, seed=2)]
    assert table["text_hash"] == hashes
    event = events(run, "predictions")[0]
    hits = [label == predicted for label, predicted in zip(table["label"], table["predicted"], strict=True)]
    assert sum(hits) / len(hits) == points(run)["eval_accuracy", event.fields["step"]]
    assert event.fields["rows"] == 20
    assert np.allclose(np.sum(table["probabilities"], axis=1), 1)


def test_best_before_the_stop(tmp_path: Path, config: RunConfig) -> None:
    """When the best checkpoint was made before the stop, the resumed attempt keeps its predictions."""
    settings = {"training.learning_rate": 0.05, "training.num_train_epochs": 4, "data.train_size": 24}
    run = make_run(tmp_path / "run", config.with_settings(settings | {"training.metric_for_best_model": "loss"}))
    assert attempt(run, 1, Prompter(run, run.stop_request, "metrics", step=10)) == "stopped"
    assert attempt(run, 2) == "finished"
    losses = {step: value for (name, step), value in points(run).items() if name == "eval_loss"}
    best = min(losses, key=losses.__getitem__)
    assert events(run, "predictions")[0].fields["step"] == best
    kept = {path.name for path in run.checkpoints.iterdir()}
    assert kept == {f"checkpoint-{best}", f"checkpoint-{max(losses)}"}


def test_probabilities(tmp_path: Path) -> None:
    """Probabilities are the softmax of the logits, also of huge ones."""
    path = tmp_path / "predictions.parquet"
    logits = np.array([[0.0, 0.0], [1e4, -1e4]], np.float32)
    write_predictions(path, "single_label_classification", logits, np.array([0, 1]), np.array([1, 2], np.uint64))
    table = pq.read_table(path).to_pydict()
    assert table["probabilities"] == [[0.5, 0.5], [1.0, 0.0]]
    assert table["predicted"] == [0, 0]


def test_files_of_before(tmp_path: Path) -> None:
    """A file that does not say its task is of one class for each text, as all were."""
    path = tmp_path / "predictions.parquet"
    logits = np.array([[0.0, 1.0], [3.0, 1.0]], np.float32)
    write_predictions(
        path, "single_label_classification", logits, np.array([0, 0]), np.array([2**64 - 1, 2], np.uint64)
    )
    pq.write_table(pq.read_table(path).replace_schema_metadata(None), path)
    found = read_predictions(path, 7)
    assert (found.step, found.problem_type) == (7, "single_label_classification")
    assert found.predicted.tolist() == [1, 0]
    assert found.probabilities.shape == (2, 2)
    assert found.text_hash.tolist() == [2**64 - 1, 2]
