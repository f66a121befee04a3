"""The metrics of single-label classification, as `evaluate` modules that need no Hub and leave no files."""

from typing import Any

import evaluate
import numpy as np
from datasets import Features, Value
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef, precision_score, recall_score
from transformers import EvalPrediction

from bertft_tui.core.metric_names import TASK_METRICS

Labels = list[int]


class ClassificationMetric(evaluate.Metric):  # type: ignore[misc]  # evaluate has no types
    """A figure from predicted and true label ids; its name is its key in TASK_METRICS."""

    key: str

    def __init__(self) -> None:
        super().__init__(keep_in_memory=True)

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=TASK_METRICS["single_label_classification"][self.key],
            citation="",
            inputs_description="predictions and references: label ids",
            features=Features({"predictions": Value("int64"), "references": Value("int64")}),
        )

    def _build_data_dir(self) -> str:
        """Nothing is kept on disk, so the user's cache gets no folder."""
        return ""

    def _compute(self, predictions: Labels, references: Labels) -> dict[str, float]:
        return {self.key: float(self.score(references, predictions))}

    def score(self, labels: Labels, predicted: Labels) -> float:
        """Compute the figure."""
        raise NotImplementedError


class Accuracy(ClassificationMetric):
    """The share of texts whose label was predicted."""

    key = "accuracy"

    def score(self, labels: Labels, predicted: Labels) -> float:
        """Compute it."""
        return float(accuracy_score(labels, predicted))


class MacroF1(ClassificationMetric):
    """The F1 of each class, averaged over the classes."""

    key = "f1"

    def score(self, labels: Labels, predicted: Labels) -> float:
        """Compute it; a class that was never predicted counts 0."""
        return float(f1_score(labels, predicted, average="macro", zero_division=0))


class MacroPrecision(ClassificationMetric):
    """The precision of each class, averaged over the classes."""

    key = "precision"

    def score(self, labels: Labels, predicted: Labels) -> float:
        """Compute it; a class that was never predicted counts 0."""
        return float(precision_score(labels, predicted, average="macro", zero_division=0))


class MacroRecall(ClassificationMetric):
    """The recall of each class, averaged over the classes."""

    key = "recall"

    def score(self, labels: Labels, predicted: Labels) -> float:
        """Compute it; a class without examples counts 0."""
        return float(recall_score(labels, predicted, average="macro", zero_division=0))


class MatthewsCorrelation(ClassificationMetric):
    """Matthews correlation coefficient: 0 is chance, 1 is perfect."""

    key = "matthews_correlation"

    def score(self, labels: Labels, predicted: Labels) -> float:
        """Compute it; 0 when only one class was predicted."""
        return float(matthews_corrcoef(labels, predicted))


class Scorer:
    """The Trainer's `compute_metrics`; keeps the logits of the latest evaluation for its predictions."""

    def __init__(self) -> None:
        self._metrics = evaluate.combine(
            [Accuracy(), MacroF1(), MacroPrecision(), MacroRecall(), MatthewsCorrelation()]
        )
        self.logits: NDArray[np.float32] | None = None  # (rows, classes)

    def __call__(self, prediction: EvalPrediction) -> dict[str, Any]:
        """Compute every metric from logits (rows, classes) and label ids (rows,)."""
        logits = prediction.predictions
        self.logits = logits[0] if isinstance(logits, tuple) else logits
        predicted = np.argmax(self.logits, axis=-1)
        return dict(self._metrics.compute(predictions=predicted, references=prediction.label_ids))
