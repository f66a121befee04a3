"""Whether the labels of the splits can be learnt and judged: at least two, and none that only evaluation has."""

import numpy as np
from numpy.typing import NDArray

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.data.label_encoding import Refusal
from bertft_tui.core.training.data.rows import Rows
from bertft_tui.core.training.notes import count, listed
from bertft_tui.core.training.task import Task

UNSEEN = Refusal(
    "Evaluation has labels that training never sees",
    "Check data.train_split, data.eval_split and data.label_column.",
)


UNTESTED = Refusal(
    "The test split has labels that training never sees",
    "`evaluate` will refuse it: write its labels as in training, or leave those rows out.",
)


def label_sizes(labels: NDArray[np.generic], task: Task) -> NDArray[np.int64]:
    """How many rows have each of the task's labels; not for numbers."""
    if labels.ndim == 1:
        return np.bincount(labels.astype(np.int64), minlength=task.num_labels)
    return np.asarray(np.count_nonzero(labels, axis=0), np.int64)


def without_unused(task: Task, rows: Rows) -> tuple[Task, Rows]:
    """Leave out classes that no row has (any more), and count the ids anew."""
    used = np.flatnonzero(label_sizes(rows.labels, task))
    if len(used) == task.num_labels:
        return task, rows
    labels = tuple(task.labels[number] for number in used)
    return Task(task.problem_type, labels), rows.with_labels(np.searchsorted(used, rows.labels))


def check_balance(task: Task, train: Rows, evaluation: Rows | None, notes: list[Problem]) -> None:
    """Look for labels that cannot work. Raises DataError when nothing can be learnt, or evaluation asks for more."""
    if task.problem_type == "regression":
        check_spread(train)
        return
    sizes = label_sizes(train.labels, task)
    if task.problem_type == "single_label_classification":
        _check_classes(task, sizes)
    else:
        _check_several(task, sizes, len(train), notes)
    if evaluation is not None:
        _compare(task, sizes, label_sizes(evaluation.labels, task), evaluation, notes)


def check_spread(rows: Rows) -> None:
    """See that the numbers to learn are not all the same. Raises DataError."""
    numbers = np.unique(rows.labels)
    if len(numbers) < 2:
        raise DataError(
            "There is only one value",
            f"{count(len(rows), 'training row')} of {rows.where} have the value {float(numbers[0]):g}.",
            "Check data.label_column: a number that never changes cannot be learnt.",
        )


def _check_classes(task: Task, sizes: NDArray[np.int64]) -> None:
    present = np.flatnonzero(sizes)
    if len(present) < 2:
        raise DataError(
            "There is only one class",
            f"{count(int(sizes.sum()), 'training row')}, and no label but {task.labels[present[0]]!r}.",
            "Training needs different texts of at least two classes.",
        )


def _check_several(task: Task, sizes: NDArray[np.int64], rows: int, notes: list[Problem]) -> None:
    if not sizes.any():
        raise DataError(
            "No row has any label",
            f"All {count(rows, 'training row')} have empty lists, or 0 in every label column.",
            "Check data.label_column.",
        )
    for shown, what in ((sizes == 0, "on no training row"), (sizes == rows, "on every training row")):
        if shown.any():
            names = listed([repr(task.labels[number]) for number in np.flatnonzero(shown)])
            notes.append(Problem(f"Some labels stand {what}", f"They cannot be learnt: {names}."))


def _compare(
    task: Task, train: NDArray[np.int64], evaluation: NDArray[np.int64], rows: Rows, notes: list[Problem]
) -> None:
    unseen = _named(task, np.where(train == 0, evaluation, 0))
    if unseen and task.problem_type == "single_label_classification":
        raise DataError(UNSEEN.title, f"{rows.where}: {listed(unseen)}.", UNSEEN.hint)
    if unseen:
        notes.append(Problem("Some labels stand in evaluation only", f"Rows of {rows.where}: {listed(unseen)}."))
    _note_unasked("evaluation", rows.where, _named(task, np.where(evaluation == 0, train, 0)), notes)


def compare_test(task: Task, train: Rows, labels: NDArray[np.generic], where: str, notes: list[Problem]) -> None:
    """Note which labels the training rows have and the test split has not. `labels`: as those of `Rows`."""
    if task.problem_type != "regression":
        unasked = np.where(label_sizes(labels, task) == 0, label_sizes(train.labels, task), 0)
        _note_unasked("test", where, _named(task, unasked), notes)


def _note_unasked(role: str, where: str, unasked: list[str], notes: list[Problem]) -> None:
    if unasked:
        notes.append(
            Problem(
                f"{count(len(unasked), 'label')} not in {role}",
                f"{where} has none of these, which the training rows have: {listed(unasked)}.",
                "What the model has learnt about them is not measured.",
            )
        )


def _named(task: Task, sizes: NDArray[np.int64]) -> list[str]:
    return [f"{task.labels[number]!r} ({count(int(sizes[number]), 'row')})" for number in np.flatnonzero(sizes)]
