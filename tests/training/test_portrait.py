"""What a split looks like: the balance of its labels, and what guessing would score."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import accuracy_score, mean_squared_error

from bertft_tui.core.training.data.portrait import portray
from bertft_tui.core.training.data.rows import Rows
from bertft_tui.core.training.task import Task


def _rows(labels: pa.Array) -> Rows:
    texts = pa.array([f"text {number}" for number in range(len(labels))], pa.large_string())
    table = pa.table({"text": texts, "label": labels, "row": pa.array(np.arange(len(labels)))})
    return Rows(table, str, "split 'train' of x.csv")


def test_classes() -> None:
    """The majority's share is the accuracy of always saying it; rows that begin with one class are sorted."""
    found = portray(_rows(pa.array([1] * 30 + [0] * 10)), Task("single_label_classification", ("a", "b")))
    assert (found.majority, found.baseline, found.baseline_metric) == ("b", 0.75, "accuracy")
    assert found.counts == {"a": 10, "b": 30}
    assert found.first_are == "b"


def test_several_labels() -> None:
    """The commonest set of labels is the guess, and its share the subset accuracy."""
    labels = np.array([[1, 0, 1]] * 3 + [[0, 0, 0]] * 2 + [[0, 1, 0]], np.float32)
    array = pa.FixedSizeListArray.from_arrays(pa.array(labels.reshape(-1)), 3)
    found = portray(_rows(array), Task("multi_label_classification", ("a", "b", "c")))
    assert (found.majority, found.baseline_metric) == ("a + c", "subset_accuracy")
    assert found.baseline == accuracy_score(labels, np.tile(labels[0], (6, 1)))
    assert found.counts == {"a": 3, "b": 1, "c": 3}


def test_numbers() -> None:
    """Always the mean has the variance as its squared error; each number stands in one bar."""
    numbers = np.array([0.0, 1.0, 1.5, 4.0, 10.0])
    found = portray(_rows(pa.array(numbers)), Task("regression", ("stars",)))
    assert found.baseline_metric == "mse"
    assert found.baseline == pytest.approx(mean_squared_error(numbers, np.full(5, numbers.mean())))
    assert sum(each["rows"] for each in found.bins) == 5
    assert (found.bins[0]["from"], found.bins[-1]["to"]) == (0, 10)
