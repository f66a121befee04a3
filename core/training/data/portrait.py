"""What a split looks like before training: its labels, whether they are sorted, and what guessing would score."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertft_tui.core.training.data.rows import Rows
from bertft_tui.core.training.task import Task

#: Whoever takes the first rows without shuffling takes about so many.
_FIRST = 1000


@dataclass(frozen=True)
class Portrait:
    """The labels of one split. `counts`: label → rows; for numbers there are `values` instead."""

    rows: int
    counts: dict[str, int]
    values: dict[str, float]
    majority: str | None
    baseline: float | None  # the accuracy of always saying the majority's label
    first_are: str | None  # the one label of the first thousand rows, where there are others

    def as_dict(self) -> dict[str, Any]:
        """The portrait as the `--json` documents show it."""
        return dict(vars(self))


def portray(rows: Rows, task: Task) -> Portrait:
    """Look at the labels of a split."""
    labels = rows.labels
    if task.problem_type == "regression":
        return Portrait(len(rows), {}, _values(labels), None, None, None)
    if task.problem_type == "multi_label_classification":
        counts = {label: int(count) for label, count in zip(task.labels, labels.sum(axis=0), strict=True)}
        return Portrait(len(rows), counts, {}, None, None, None)
    found = np.bincount(labels.astype(np.int64), minlength=task.num_labels)
    counts = {label: int(count) for label, count in zip(task.labels, found, strict=True)}
    best = int(found.argmax())
    return Portrait(
        len(rows), counts, {}, task.labels[best], float(found[best] / len(rows)), _first_are(labels, task.labels)
    )


def _values(labels: NDArray[np.generic]) -> dict[str, float]:
    values = labels.astype(np.float64)
    return {
        "minimum": float(values.min()),
        "mean": float(values.mean()),
        "standard_deviation": float(values.std()),
        "maximum": float(values.max()),
    }


def _first_are(labels: NDArray[np.generic], names: tuple[str, ...]) -> str | None:
    """Return the label of the first rows when they all have one and later ones do not."""
    first = labels[: min(_FIRST, max(2, len(labels) // 4))]
    one = len(first) > 1 and bool((first == first[0]).all())
    return names[int(first[0])] if one and bool((labels != first[0]).any()) else None
