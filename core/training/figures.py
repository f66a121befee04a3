"""The metrics of every task, as `evaluate` modules that need no Hub and leave no files.

What they stand on takes most of a second to import, so nobody does before there is something to score.
"""

import math
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import evaluate
import numpy as np
from datasets import Features, List, Value
from scipy.stats import ConstantInputWarning, NearConstantInputWarning, pearsonr, spearmanr
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    matthews_corrcoef,
    mean_squared_error,
    precision_score,
    recall_score,
)

from bertft_tui.core.metric_names import METRICS, TASK_METRICS, ProblemType

#: A figure from what is true and what was predicted, in this order.
Score = Callable[[Any, Any], float]

#: What one example is for each task.
_ITEMS = {
    "single_label_classification": Value("int64"),
    "multi_label_classification": List(Value("int64")),
    "regression": Value("float64"),
}


def _correlation(of: Callable[[Any, Any], Any], truth: list[float], predicted: list[float]) -> float:
    """Compute a correlation; NaN, without a warning, where there is none: constants, one example, no numbers."""
    if len(truth) < 2 or not np.isfinite(predicted).all():
        return math.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConstantInputWarning)
        warnings.simplefilter("ignore", NearConstantInputWarning)
        return float(of(truth, predicted).statistic)


def _squared_error(truth: list[float], predicted: list[float]) -> float:
    return float(mean_squared_error(truth, predicted)) if np.isfinite(predicted).all() else math.nan


def _labels_f1(average: str, truth: list[list[int]], predicted: list[list[int]]) -> float:
    """Compute F1 over labels; of a single one scikit-learn would count as two classes that it is there and is not."""
    single = len(truth[0]) == 1
    return float(f1_score(truth, predicted, average="binary" if single else average, zero_division=0))


#: How each metric is computed. A class that was never predicted, or has no examples, counts 0.
_SCORES: dict[str, Score] = {
    "accuracy": accuracy_score,
    "f1": partial(f1_score, average="macro", zero_division=0),
    "precision": partial(precision_score, average="macro", zero_division=0),
    "recall": partial(recall_score, average="macro", zero_division=0),
    "matthews_correlation": matthews_corrcoef,
    "f1_micro": partial(_labels_f1, "micro"),
    "f1_macro": partial(_labels_f1, "macro"),
    "subset_accuracy": accuracy_score,
    "pearsonr": partial(_correlation, pearsonr),
    "spearmanr": partial(_correlation, spearmanr),
    "mse": _squared_error,
}


class Figure(evaluate.Metric):  # type: ignore[misc]  # evaluate has no types
    """One metric of a task; its name is its key in TASK_METRICS."""

    def __init__(self, key: str, problem_type: ProblemType) -> None:
        self._key = key
        self._item = _ITEMS[problem_type]
        super().__init__(keep_in_memory=True)

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=METRICS[self._key],
            citation="",
            inputs_description="predictions and references, one of each for an example",
            features=Features({"predictions": self._item, "references": self._item}),
        )

    def _build_data_dir(self) -> str:
        """Nothing is kept on disk, so the user's cache gets no folder."""
        return ""

    def _compute(self, predictions: list[Any], references: list[Any]) -> dict[str, float]:
        return {self._key: float(_SCORES[self._key](references, predictions))}


def figures_of(problem_type: ProblemType) -> evaluate.CombinedEvaluations:
    """Return all metrics of a task as one."""
    return evaluate.combine([Figure(key, problem_type) for key in TASK_METRICS[problem_type]])
