"""Class weights: what they are, what the loss makes of them, and that small batches change nothing."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight
from tiny_bert import texts, write_csv
from torch import Tensor, nn
from training_runs import attempt, events, make_run, points

from bertft_tui.core.config import RunConfig
from bertft_tui.core.training.model.class_weights import balanced_weights
from bertft_tui.core.training.model.losses import loss_of
from bertft_tui.core.training.task import Task

_SINGLE = Task("single_label_classification", ("a", "b", "c"))
_SEVERAL = Task("multi_label_classification", ("a", "b", "c"))


def test_balanced() -> None:
    """The weights are scikit-learn's, and average 1 over the rows."""
    labels = [0, 0, 0, 0, 1, 1, 2]
    weights = balanced_weights(labels, _SINGLE)
    assert weights == pytest.approx(compute_class_weight("balanced", classes=np.arange(3), y=labels))
    assert np.mean([weights[label] for label in labels]) == pytest.approx(1)


def test_a_class_without_rows() -> None:
    """A class that was not drawn counts 1, and the others are balanced among themselves."""
    assert balanced_weights([0, 0, 0, 2], _SINGLE) == pytest.approx([4 / 6, 1.0, 2.0])


def test_several_labels() -> None:
    """Rows with a label count as much together as rows without; a label of all rows, or of none, counts 1."""
    labels = [[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]
    assert balanced_weights(labels, _SEVERAL) == [3.0, 1.0, 1.0]


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_loss_of_one_class(smoothing: float) -> None:
    """Each row's loss is torch's, times the weight of its class; with weights of 1 it is torch's plain loss."""
    torch.manual_seed(0)
    logits, labels = torch.randn(8, 3), torch.tensor([0, 0, 0, 0, 0, 1, 1, 2])
    weights = balanced_weights(labels, _SINGLE)
    found = _loss(_SINGLE, weights, smoothing)(logits, labels)
    torch_own = nn.CrossEntropyLoss(weight=torch.tensor(weights), label_smoothing=smoothing, reduction="none")
    assert found.item() == pytest.approx(torch_own(logits, labels).mean().item(), abs=1e-7)
    if smoothing == 0:
        rows = nn.CrossEntropyLoss(reduction="none")(logits, labels)
        by_hand = (rows * torch.tensor(weights)[labels]).mean()
        assert found.item() == pytest.approx(by_hand.item(), abs=1e-6)
        # All rows together: as torch's weighted mean, since the weights average 1.
        assert found.item() == pytest.approx(
            nn.CrossEntropyLoss(torch.tensor(weights))(logits, labels).item(), abs=1e-6
        )
    plain = nn.CrossEntropyLoss(label_smoothing=smoothing)(logits, labels)
    assert _loss(_SINGLE, [1.0, 1.0, 1.0], smoothing)(logits, labels).item() == pytest.approx(plain.item(), abs=1e-6)


def test_the_loss_of_several_labels() -> None:
    """It is torch's, the rows that have a label weighted."""
    torch.manual_seed(0)
    logits, labels = torch.randn(8, 3), torch.randint(0, 2, (8, 3)).float()
    weights = balanced_weights(labels, _SEVERAL)
    found = _loss(_SEVERAL, weights, 0.0)(logits, labels)
    assert torch.equal(found, nn.BCEWithLogitsLoss(pos_weight=torch.tensor(weights))(logits, labels))


def test_without_weights_the_models_own() -> None:
    """One class and no weights: nothing stands between the Trainer and the model."""
    assert loss_of(_SINGLE, None, 0.1) is None


_PLAIN: dict[str, Any] = {
    "data.padding": "max_length",
    "model.attention_dropout": 0.0,
    "model.hidden_dropout": 0.0,
    "training.num_train_epochs": 1.0,
}

_KINDS: dict[str, dict[str, Any]] = {
    "weights": {"training.class_weights": "balanced"},
    "weights and smoothing": {"training.class_weights": "balanced", "training.label_smoothing_factor": 0.1},
    "several labels": {"training.class_weights": "balanced", "data.label_column": "food,sport,weather"},
    "numbers": {"data.label_column": "number", "data.problem_type": "regression"},
}


@pytest.mark.parametrize("kind", _KINDS)
def test_small_batches(tmp_path: Path, config: RunConfig, kind: str) -> None:
    """Batches of 8 and four accumulated batches of 2 give the same losses and gradient norms, to 1e-6."""
    path = _rows(tmp_path / "rows.csv")
    results = []
    for batch, accumulation in ((8, 1), (2, 4)):
        settings = _PLAIN | {"data.dataset": str(path), "data.eval_split": None, "data.text_column": "text"}
        settings |= {"data.label_column": "label"} | _KINDS[kind] | {"data.train_size": 40, "data.eval_size": 8}
        settings |= {
            "training.per_device_train_batch_size": batch,
            "training.gradient_accumulation_steps": accumulation,
        }
        run = make_run(tmp_path / str(batch), config.with_settings(settings))
        assert attempt(run) == "finished", events(run, "error")
        results.append(points(run))
        assert ("class_weights" in events(run, "plan")[0].fields) is (kind != "numbers")
    eight, two = results
    steps = {step for name, step in eight if name == "loss"}
    assert len(steps) == 5
    for step in steps:
        assert two["loss", step] == pytest.approx(eight["loss", step], abs=1e-6, rel=1e-6)
        assert two["grad_norm", step] == pytest.approx(eight["grad_norm", step], rel=1e-5)


def test_rare_classes_count_more(tmp_path: Path, config: RunConfig) -> None:
    """Where most rows are of one class, the weights change what is learnt; the plan says what they are."""
    pairs = [row for row in texts(90) if row[1] != "food"]
    path = write_csv(
        tmp_path / "rows.csv", [row for number, row in enumerate(pairs) if row[1] != "sport" or not number % 5]
    )
    losses = []
    for name in ("none", "balanced"):
        settings = {"data.dataset": str(path), "data.eval_split": None, "training.class_weights": name}
        run = make_run(tmp_path / name, config.with_settings(settings | {"training.max_steps": 2}))
        assert attempt(run) == "finished"
        losses.append(points(run)["loss", 1])
    weights = events(run, "plan")[0].fields["class_weights"]
    assert weights[0] > 1 > weights[1]
    assert losses[0] != losses[1]


def _rows(path: Path) -> Path:
    """Sixty texts with a class, a column for each class, and a number; the classes are not equally frequent."""
    rows = []
    for number, (text, label) in enumerate(texts(90)):
        if label == "food" and number % 2:
            continue
        several = ",".join(str(int(topic == label or number % 7 == 0)) for topic in ("food", "sport", "weather"))
        rows.append(f"{text},{label},{several},{len(text) / 10:.2f}")
    path.write_text("\n".join(["text,label,food,sport,weather,number", *rows]))
    return path


def _loss(task: Task, weights: list[float], smoothing: float) -> Any:
    loss = loss_of(task, weights, smoothing)

    def checked(logits: Tensor, labels: Tensor) -> Tensor:
        assert loss is not None
        return loss(logits, labels)

    return checked
