"""How much each class counts in the loss when rare ones shall count more."""

import numpy as np
from numpy.typing import ArrayLike

from bertft_tui.core.training.task import Task


def balanced_weights(labels: ArrayLike, task: Task) -> list[float]:
    """Weigh the classes so that all count the same together. `labels`: those of the training rows.

    Single-label: n / (k · n_c) for the k classes that have rows, so that the mean weight over the rows is 1. Several
    labels: how much a row that has the label counts against one that has not, absent / present. A class that no row
    has, and a label that all rows have or none, counts 1.
    """
    if task.problem_type == "multi_label_classification":
        present = np.asarray(labels).sum(axis=0)
        absent = len(np.asarray(labels)) - present
        ratio = np.divide(absent, present, out=np.ones(task.num_labels), where=(present > 0) & (absent > 0))
        return [float(value) for value in ratio]
    sizes = np.bincount(np.asarray(labels, dtype=np.int64), minlength=task.num_labels)
    share = sizes.sum() / np.count_nonzero(sizes)
    weights = np.divide(share, sizes, out=np.ones(task.num_labels), where=sizes > 0)
    return [float(value) for value in weights]
