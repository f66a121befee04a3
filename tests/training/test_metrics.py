"""Our metric modules give scikit-learn's figures."""

import numpy as np
import pytest
import torch
from sklearn import metrics as sk
from transformers import EvalPrediction

from bertft_tui.core.metric_names import TASK_METRICS
from bertft_tui.core.training.metrics import Scorer


def test_scikit_learn(tmp_path: object) -> None:
    """Accuracy, macro F1, precision, recall and MCC are scikit-learn's; the names are those of metric_names."""
    draw = np.random.default_rng(7)
    logits = draw.normal(size=(200, 4)).astype(np.float32)
    labels = draw.integers(0, 4, size=200)
    scorer = Scorer()
    for _ in range(2):  # a second evaluation starts from nothing
        found = scorer(EvalPrediction(predictions=logits, label_ids=labels))
    predicted = logits.argmax(-1)
    macro = {"average": "macro", "zero_division": 0}
    assert found == {
        "accuracy": sk.accuracy_score(labels, predicted),
        "f1": sk.f1_score(labels, predicted, **macro),
        "precision": sk.precision_score(labels, predicted, **macro),
        "recall": sk.recall_score(labels, predicted, **macro),
        "matthews_correlation": sk.matthews_corrcoef(labels, predicted),
    }
    assert found.keys() == TASK_METRICS["single_label_classification"].keys()
    assert scorer.logits is logits


def test_one_class_predicted() -> None:
    """Classes that were never predicted count 0, without a warning, and MCC is 0."""
    logits = np.array([[1.0, 0.0, 0.0]] * 3, np.float32)
    found = Scorer()(EvalPrediction(predictions=logits, label_ids=np.array([0, 1, 2])))
    assert found["precision"] == pytest.approx(1 / 9)
    assert found["matthews_correlation"] == 0


def test_generators_untouched() -> None:
    """Making and computing metrics draws nothing from the generators that training uses."""
    before = (np.random.get_state()[1].tolist(), torch.random.get_rng_state().tolist())  # type: ignore[index,union-attr]
    Scorer()(EvalPrediction(predictions=np.eye(3, dtype=np.float32), label_ids=np.arange(3)))
    assert before == (np.random.get_state()[1].tolist(), torch.random.get_rng_state().tolist())  # type: ignore[index,union-attr]
