"""What a split looks like before training: its labels, whether they are sorted, and what guessing would score."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bertft_tui.core.training.data.balance import label_sizes
from bertft_tui.core.training.data.rows import Rows
from bertft_tui.core.training.task import Task

#: Whoever takes the first rows without shuffling takes about so many.
_FIRST = 1000


#: Bars that show how numbers lie.
_BINS = 10


@dataclass(frozen=True)
class Portrait:
    """The labels of one split. `counts`: label → rows; for numbers there are `values` and `bins` instead."""

    rows: int
    majority: str  # the answer that is right most often: a label, a set of labels, the mean
    baseline: float  # what always giving it scores, by `baseline_metric`
    baseline_metric: Literal["accuracy", "subset_accuracy", "mse"]
    counts: dict[str, int] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    bins: list[dict[str, float]] = field(default_factory=list)  # from, to, rows
    first_are: str | None = None  # the one label of the first thousand rows, where there are others

    def as_dict(self) -> dict[str, Any]:
        """The portrait as the `--json` documents show it."""
        return dict(vars(self))


def portray(rows: Rows, task: Task) -> Portrait:
    """Look at the labels of a split."""
    labels = rows.labels
    if task.problem_type == "regression":
        return _of_numbers(labels.astype(np.float64))
    if task.problem_type == "multi_label_classification":
        return _of_sets(labels, task)
    found = label_sizes(labels, task)
    best = int(found.argmax())
    share = float(found[best] / len(rows))
    first = _first_are(labels, task.labels)
    return Portrait(len(rows), task.labels[best], share, "accuracy", _counts(task.labels, found), first_are=first)


def _of_sets(labels: NDArray[np.generic], task: Task) -> Portrait:
    sets, sizes = np.unique(labels, axis=0, return_counts=True)
    best = int(sizes.argmax())
    majority = " + ".join(task.labels[number] for number in np.flatnonzero(sets[best])) or "none of them"
    share = float(sizes[best] / len(labels))
    return Portrait(len(labels), majority, share, "subset_accuracy", _counts(task.labels, label_sizes(labels, task)))


def _of_numbers(labels: NDArray[np.float64]) -> Portrait:
    """Of constant answers the mean has the least squared error: the variance."""
    values = {
        "minimum": float(labels.min()),
        "mean": float(labels.mean()),
        "standard_deviation": float(labels.std()),
        "maximum": float(labels.max()),
    }
    sizes, edges = np.histogram(labels, bins=_BINS)
    bins = [
        {"from": float(start), "to": float(end), "rows": int(size)}
        for start, end, size in zip(edges, edges[1:], sizes, strict=False)
    ]
    return Portrait(len(labels), f"{labels.mean():.4g}", float(labels.var()), "mse", values=values, bins=bins)


def _counts(names: tuple[str, ...], sizes: NDArray[np.generic]) -> dict[str, int]:
    return {label: int(size) for label, size in zip(names, sizes, strict=True)}


def _first_are(labels: NDArray[np.generic], names: tuple[str, ...]) -> str | None:
    """Return the label of the first rows when they all have one and later ones do not."""
    first = labels[: min(_FIRST, max(2, len(labels) // 4))]
    one = len(first) > 1 and bool((first == first[0]).all())
    return names[int(first[0])] if one and bool((labels != first[0]).any()) else None
