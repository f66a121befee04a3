"""What a model decided about texts, as columns with the labels' own names."""

from itertools import count
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bertft_tui.core.training.outputs import decisions, probabilities
from bertft_tui.core.training.task import Task

#: With more labels than this, a column for each would hide the others.
_MANY = 100


def named(values: NDArray[Any], task: Task) -> list[Any]:
    """Return ids as labels, 0 and 1 as lists of labels, numbers as they are."""
    if task.problem_type == "regression":
        return [float(value) for value in values]
    if task.problem_type == "multi_label_classification":
        return [[label for label, given in zip(task.labels, row, strict=True) if given] for row in values]
    return [task.labels[int(value)] for value in values]


def verdicts(logits: NDArray[np.float32], task: Task) -> dict[str, list[Any]]:
    """Return the column `predicted`, and `probability_LABEL` for each label, or with many labels `probability`."""
    columns = {"predicted": named(decisions(logits, task.problem_type), task)}
    shares = probabilities(logits, task.problem_type)
    if shares.shape[1] > _MANY:
        return columns | {"probability": shares.max(axis=1).tolist()}
    return columns | {f"probability_{task.labels[k]}": shares[:, k].tolist() for k in range(shares.shape[1])}


def beside(table: pa.Table, columns: dict[str, list[Any]]) -> pa.Table:
    """Put columns beside those of a table; a name that is taken gets a number."""
    for name, values in columns.items():
        numbered = (f"{name}_{number}" if number > 1 else name for number in count(1))
        free = next(each for each in numbered if each not in table.column_names)
        table = table.append_column(free, pa.array(values))
    return table
