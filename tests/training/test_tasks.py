"""Numbers and several labels: losses, metrics, heads, predictions, and the settings that do not go with them."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from sklearn import metrics as sk
from tiny_bert import TOPICS, texts
from training_runs import Prompter, attempt, events, make_run, points, weights
from transformers import EvalPrediction

from bertft_tui.core.analysis.bootstrap import is_of
from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import read_config
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.metric_names import TASK_METRICS, ProblemType
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.sections import TrainingSection
from bertft_tui.core.store.predictions import pack, read_predictions, unpack
from bertft_tui.core.training.check import check
from bertft_tui.core.training.metrics import Scorer
from bertft_tui.core.training.model.losses import loss_of
from bertft_tui.core.training.model.trained import load_trained
from bertft_tui.core.training.scoring.evaluation import evaluate
from bertft_tui.core.training.task import Task, check_metric, check_task

_TOPICS = sorted(TOPICS)


def _numbers(path: Path) -> dict[str, Any]:
    """Texts with a number each: how many of their words are about food, and a half."""
    rows = [f"{text},{sum(word in TOPICS['food'] for word in text.split()) + 0.5}" for text, _ in texts(64)]
    path.write_text("\n".join(["text,score", *rows]))
    return {"data.label_column": "score", "data.problem_type": "regression"}


def _several(path: Path) -> dict[str, Any]:
    """Texts of one or two topics, a column of 0 and 1 for each topic."""
    rows = []
    for number, ((first, label), (second, other)) in enumerate(zip(texts(64), texts(64, seed=5)[1:], strict=False)):
        topics = {label, other} if number % 2 else {label}
        text = f"{first} {second}" if number % 2 else first
        rows.append(f"{text},{','.join(str(int(topic in topics)) for topic in _TOPICS)}")
    path.write_text("\n".join([f"text,{','.join(_TOPICS)}", *rows]))
    return {"data.label_column": ",".join(_TOPICS), "data.problem_type": "multi_label_classification"}


_DATA = {"regression": _numbers, "multi_label_classification": _several}
_TASKS: list[ProblemType] = ["regression", "multi_label_classification"]


def _run(folder: Path, config: RunConfig, task: ProblemType, **settings: Any) -> RunDirectory:
    path = folder / "rows.csv"
    common = {"data.dataset": str(path), "data.eval_split": None, "training.learning_rate": 5e-3}
    named = {name.replace("__", "."): value for name, value in settings.items()}
    return make_run(folder / "run", config.with_settings(common | _DATA[task](path) | named))


@pytest.mark.parametrize("task", _TASKS)
def test_trains_stops_and_resumes(tmp_path: Path, config: RunConfig, task: ProblemType) -> None:
    """The loss falls, a stop changes nothing, and the plan says what is learnt and what is measured."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole, stopped = (_run(tmp_path / name, config, task, training__num_train_epochs=4.0) for name in "ab")
    assert attempt(whole) == "finished", events(whole, "error")
    assert attempt(stopped, 1, Prompter(stopped, stopped.stop_request, "metrics", step=9)) == "stopped"
    assert attempt(stopped, 2) == "finished"
    assert points(stopped) == points(whole)
    last = events(whole, "plan")[0].fields["max_steps"]
    assert weights(stopped, last) == weights(whole, last)
    found = points(whole)
    assert sum(found["loss", step] for step in range(last - 3, last + 1)) < sum(found["loss", n] for n in range(1, 5))
    plan = events(whole, "plan")[0].fields
    assert plan["problem_type"] == task
    assert plan["labels"] == (["score"] if task == "regression" else _TOPICS)
    assert plan["metric_for_best_model"] == {"regression": "pearsonr"}.get(task, "f1_micro")
    assert plan["train_available"] == plan["train_rows"]
    assert plan["trainable_parameters"] == plan["parameters"] > 0
    evaluated = {name for name, _ in found if name.startswith("eval_")}
    assert evaluated == {"eval_loss", *(f"eval_{name}" for name in TASK_METRICS[task])}


@pytest.mark.parametrize("task", _TASKS)
def test_predictions_and_the_checkpoint(tmp_path: Path, config: RunConfig, task: ProblemType) -> None:
    """Predictions give the recorded metrics, go through the store unchanged, and the checkpoint says the same."""
    run = _run(tmp_path, config, task)
    assert attempt(run) == "finished"
    step = events(run, "predictions")[0].fields["step"]
    found = read_predictions(run.predictions, step)
    assert found.problem_type == task
    assert len(found) == events(run, "plan")[0].fields["eval_rows"]
    figures = points(run)
    if task == "regression":
        assert (found.label.dtype, found.probabilities.shape) == (np.dtype("float32"), (len(found), 0))
        assert float(np.mean((found.label - found.predicted) ** 2)) == pytest.approx(
            figures["eval_mse", step], rel=1e-6
        )
        assert figures["eval_loss", step] == pytest.approx(figures["eval_mse", step], rel=1e-5)
        assert "probabilities" not in pq.read_schema(run.predictions).names
    else:
        assert (found.label.dtype, found.label.shape) == (np.dtype("int8"), (len(found), 3))
        assert ((found.probabilities > 0.5) == found.predicted.astype(bool)).all()
        f1 = sk.f1_score(found.label, found.predicted, average="micro", zero_division=0)
        assert f1 == figures["eval_f1_micro", step]
    kept = unpack(_Row(pack(found)))
    assert kept.problem_type == task
    for name in ("label", "predicted", "probabilities", "text_hash"):
        before, after = getattr(found, name), getattr(kept, name)
        assert (before.dtype, before.shape) == (after.dtype, after.shape)
        assert (before == after).all()
    checkpoint = run.checkpoints / f"checkpoint-{step}"
    section = config.model
    labels = tuple(events(run, "plan")[0].fields["labels"])
    encoder = load_trained(checkpoint, section, Task(task, labels))
    kept_config = json.loads((checkpoint / "config.json").read_text())
    assert kept_config["problem_type"] == task
    assert kept_config["id2label"] == {str(number): label for number, label in enumerate(labels)}
    assert not encoder.model.training
    assert {parameter.dtype for parameter in encoder.model.parameters()} == {torch.float32}


@pytest.mark.parametrize("task", _TASKS)
def test_an_evaluation_hands_its_predictions_over(tmp_path: Path, config: RunConfig, task: ProblemType) -> None:
    """They are the run's own, on the rows that it chose by, and come to all figures; without a disk only they go."""
    run = _run(tmp_path, config, task)
    assert attempt(run) == "finished"
    step = events(run, "predictions")[0].fields["step"]
    learnt = Task(task, tuple(events(run, "plan")[0].fields["labels"]))
    trained = read_config(run.config)
    question = {"trained": trained.model_dump(), "output": None, "split": None, "run": str(run.path)}

    def score(path: Path) -> dict[str, Any]:
        def load() -> Any:
            return load_trained(run.checkpoints / f"checkpoint-{step}", trained.model, learnt)

        return evaluate(question | {"predictions": str(path)}, trained, learnt, load, lambda _: None)

    found = score(tmp_path / "scored.parquet")
    said, kept = read_predictions(tmp_path / "scored.parquet", step), read_predictions(run.predictions, step)
    for name in ("label", "text_hash"):
        assert (getattr(said, name) == getattr(kept, name)).all()
    assert np.allclose(said.predicted, kept.predicted, atol=1e-4)
    assert all(is_of(said, name, value) for name, value in found["metrics"].items())
    assert found["notes"] == []
    again = score(tmp_path / "gone" / "scored.parquet")
    assert again["metrics"] == found["metrics"]
    assert [note["title"] for note in again["notes"]] == ["The predictions could not be kept"]


class _Row:
    """A row as the store's library gives it."""

    def __init__(self, columns: dict[str, Any]) -> None:
        self.__dict__.update(columns)


def test_metrics_of_several_labels() -> None:
    """Micro and macro F1 and subset accuracy are scikit-learn's, labels without examples counted 0, no warning."""
    draw = np.random.default_rng(3)
    logits = draw.normal(size=(60, 4)).astype(np.float32)
    labels = draw.integers(0, 2, size=(60, 4)).astype(np.float32)
    labels[:, 3] = 0
    logits[:, 3] = -1
    found = Scorer("multi_label_classification")(EvalPrediction(predictions=logits, label_ids=labels))
    predicted, truth = logits > 0, labels.astype(int)
    assert found == {
        "f1_micro": sk.f1_score(truth, predicted, average="micro", zero_division=0),
        "f1_macro": sk.f1_score(truth, predicted, average="macro", zero_division=0),
        "subset_accuracy": sk.accuracy_score(truth, predicted),
    }
    assert found.keys() == TASK_METRICS["multi_label_classification"].keys()


@pytest.mark.parametrize(
    ("predicted", "f1"), [("00000", 0.0), ("10000", 1.0), ("11000", 2 / 3), ("11111", 1 / 3), ("01000", 0.0)]
)
def test_metrics_of_one_label(predicted: str, f1: float) -> None:
    """A single label is found or missed: that it is absent is no second class that could be found too."""
    logits = np.array([[int(digit) - 0.5] for digit in predicted], np.float32)
    labels = np.array([[1.0], [0.0], [0.0], [0.0], [0.0]], np.float32)
    found = Scorer("multi_label_classification")(EvalPrediction(predictions=logits, label_ids=labels))
    assert found["f1_micro"] == pytest.approx(f1)
    assert found["f1_macro"] == pytest.approx(f1)
    assert found["subset_accuracy"] == pytest.approx(np.mean((logits > 0) == (labels > 0)))
    absent = EvalPrediction(predictions=logits, label_ids=np.zeros((5, 1), np.float32))
    assert Scorer("multi_label_classification")(absent)["f1_micro"] == 0


def test_metrics_of_numbers() -> None:
    """Correlations and squared error are those of numpy."""
    draw = np.random.default_rng(3)
    labels = draw.normal(size=50).astype(np.float32)
    logits = (labels + draw.normal(size=50)).astype(np.float32)[:, None]
    found = Scorer("regression")(EvalPrediction(predictions=logits, label_ids=labels))
    ranks = [np.argsort(np.argsort(values)) for values in (labels, logits[:, 0])]
    assert found["pearsonr"] == pytest.approx(np.corrcoef(labels, logits[:, 0])[0, 1], abs=1e-6)
    assert found["spearmanr"] == pytest.approx(np.corrcoef(*ranks)[0, 1], abs=1e-9)
    assert found["mse"] == pytest.approx(float(np.mean((labels - logits[:, 0]) ** 2)), rel=1e-5)
    assert found.keys() == TASK_METRICS["regression"].keys()


@pytest.mark.parametrize(
    ("logits", "labels"),
    [([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]), ([1.0, 2.0], [3.0, 3.0]), ([1.0], [1.0]), ([math.nan, 1.0], [1.0, 2.0])],
)
def test_correlations_that_are_not_there(logits: list[float], labels: list[float]) -> None:
    """A constant, one example, or a number that is none has no correlation: NaN, and no warning."""
    prediction = EvalPrediction(np.array(logits, np.float32)[:, None], np.array(labels, np.float32))
    found = Scorer("regression")(prediction)
    assert math.isnan(found["pearsonr"])
    assert math.isnan(found["spearmanr"])
    assert math.isnan(found["mse"]) is math.isnan(logits[0])


@pytest.mark.parametrize("task", _TASKS)
def test_losses(task: ProblemType) -> None:
    """The losses are torch's own, also in half precision, where they are computed in fp32."""
    torch.manual_seed(0)
    labels = torch.rand(6) if task == "regression" else torch.randint(0, 2, (6, 3)).float()
    logits = torch.randn(6, 1 if task == "regression" else 3)
    loss = loss_of(Task(task, ("a", "b", "c")[: logits.shape[1]]), None, 0.0)
    assert loss is not None
    plain = torch.nn.MSELoss() if task == "regression" else torch.nn.BCEWithLogitsLoss()
    assert torch.equal(loss(logits, labels), plain(logits.squeeze(1) if task == "regression" else logits, labels))
    assert loss(logits.bfloat16(), labels).dtype == torch.float32


_TRAINING = {"regression": Task("regression", ("score",)), "multi_label_classification": Task(_TASKS[1], ("a", "b"))}


@pytest.mark.parametrize(
    ("task", "settings", "title", "words"),
    [
        (
            "regression",
            {"metric_for_best_model": "accuracy"},
            "The metric belongs to another task",
            "pearsonr, spear",
        ),
        (
            "multi_label_classification",
            {"metric_for_best_model": "accuracy"},
            "The metric belongs to another task",
            "f1_micro, f1_macro, subset_accuracy, loss",
        ),
        ("regression", {"label_smoothing_factor": 0.1}, "Label smoothing needs one class for each text", "0.1"),
        (
            "multi_label_classification",
            {"label_smoothing_factor": 0.1},
            "Label smoothing needs one class for each text",
            "any number of labels",
        ),
        ("regression", {"class_weights": "balanced"}, "Class weights need classes", "a number for each text"),
    ],
)
def test_settings_of_other_tasks(task: ProblemType, settings: dict[str, Any], title: str, words: str) -> None:
    """A metric or a loss that the task does not have is refused, with the ones that it has."""
    with pytest.raises(ConfigError) as caught:
        check_task(TrainingSection(**settings), _TRAINING[task])
    assert caught.value.problem.title == title
    assert words in caught.value.problem.message
    assert caught.value.problem.hint


def test_the_check_knows_the_task(tmp_path: Path, config: RunConfig) -> None:
    """A metric of another task is refused before anything is launched."""
    path = tmp_path / "rows.csv"
    settings = _numbers(path) | {"data.dataset": str(path), "data.eval_split": None}
    assert check(config.with_settings(settings))["problem_type"] == "regression"
    with pytest.raises(ConfigError, match="The metric belongs to another task"):
        check(config.with_settings(settings | {"training.metric_for_best_model": "f1"}))


def test_metrics_that_fit() -> None:
    """The loss fits every task, `auto` too."""
    for task in (*_TRAINING.values(), Task("single_label_classification", ("a", "b"))):
        for metric in ("auto", "loss", *TASK_METRICS[task.problem_type]):
            check_metric(TrainingSection(metric_for_best_model=metric), task)
