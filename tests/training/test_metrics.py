"""Our metric modules give scikit-learn's figures, and the device choice its reasons."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn import metrics as sk
from transformers import EvalPrediction

from bertft_tui.core.errors import ConfigError
from bertft_tui.core.journal import Launch
from bertft_tui.core.metric_names import TASK_METRICS
from bertft_tui.core.sections import HardwareSection
from bertft_tui.core.training.device import choose
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


def _launch(device: str) -> Launch:
    return Launch(attempt=1, device=device, torch_device=device, device_reason="", device_lock="", resume=False)


def test_falls_back_to_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """An `auto` run whose GPU torch does not see trains on the processor and says why."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", None)
    choice = choose(HardwareSection(), _launch("cuda:0"))
    assert (choice.name, choice.device, choice.precision) == ("cpu", "cpu", "fp32")
    assert "is a build without CUDA" in choice.notes[0].message
    with pytest.raises(ConfigError, match="build without CUDA"):
        choose(HardwareSection(device="cuda:0"), _launch("cuda:0"))


def test_a_gpu_keeps_the_name_that_the_machine_gives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker sees one GPU, its cuda:0; the store must go on to say cuda:3, whose lease it is."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    choice = choose(HardwareSection(), {**_launch("cuda:0"), "device": "cuda:3"})
    assert (choice.name, choice.device) == ("cuda:3", "cuda:0")
    assert (choice.precision, choice.precision_reason) == ("bf16", "bf16: compute capability 9.0")


@pytest.mark.parametrize(("precision", "expected"), [("auto", "fp32"), ("fp32", "fp32"), ("bf16", "bf16")])
def test_precision_on_the_processor(precision: Any, expected: str) -> None:
    """The processor computes in fp32, or in bf16 when asked; the reason is said."""
    choice = choose(HardwareSection(precision=precision), _launch("cpu"))
    assert choice.precision == expected
    assert choice.precision_reason.startswith(expected)


def test_fp16_needs_cuda() -> None:
    """fp16 on the processor is refused."""
    with pytest.raises(ConfigError, match="fp16 needs a CUDA device"):
        choose(HardwareSection(precision="fp16"), _launch("cpu"))
