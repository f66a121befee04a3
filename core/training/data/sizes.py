"""How many rows a config takes, and whether stratified cuts of them can be made."""

import math

import numpy as np
from numpy.typing import NDArray

from bertft_tui.core.errors import DataError
from bertft_tui.core.sections import DataSection, Size
from bertft_tui.core.training.data.rows import Rows
from bertft_tui.core.training.data.targets import CLASSES
from bertft_tui.core.training.task import Task


def drawn_sizes(data: DataSection, task: Task, train: Rows, evaluation: Rows | None) -> tuple[int, int]:
    """How many rows to draw for training and for evaluation; every cut can be made. Raises DataError."""
    if evaluation is None:
        eval_rows = _carved(data, len(train))
        available = len(train) - eval_rows
    else:
        eval_rows = _taken(data.eval_size, len(evaluation), "eval_size", str(data.eval_split))
        available = len(train)
    train_rows = _taken(data.train_size, available, "train_size", data.train_split)
    if data.stratify:
        _check_shares(task, train, evaluation, train_rows, eval_rows)
    return train_rows, eval_rows


def _carved(data: DataSection, rows: int) -> int:
    """How many of the training split's rows become evaluation rows; at least one stays on each side.

    Raises DataError.
    """
    wanted = math.ceil(data.eval_fraction * rows) if data.eval_size == "all" else data.eval_size
    if wanted >= rows:
        setting = "eval_fraction" if data.eval_size == "all" else "eval_size"
        raise DataError(
            "Nothing would be left to train on",
            f"data.{setting} takes {wanted:,} evaluation rows out of the {rows:,} in split {data.train_split!r}.",
            f"Make data.{setting} smaller, or name an eval_split.",
        )
    return wanted


def _taken(size: Size, available: int, setting: str, split: str) -> int:
    """How many rows a size means. Raises DataError when there are not so many."""
    if size == "all":
        return available
    if size > available:
        raise DataError(
            "The subset is larger than the data",
            f"data.{setting} is {size:,}, but split {split!r} has {available:,} rows for it.",
            f"Set data.{setting} to at most {available} or to 'all'.",
        )
    return size


def _check_shares(task: Task, train: Rows, evaluation: Rows | None, train_rows: int, eval_rows: int) -> None:
    """See that every stratified cut of the rows can keep each class on both sides. Raises DataError."""
    if task.problem_type != CLASSES:
        raise DataError(
            "Only classes can be stratified",
            f"data.stratify is true, but {task.problem_type} has no classes whose shares could be kept.",
            "Set data.stratify = false.",
        )
    if evaluation is None:
        check_cut(train.labels, task.labels, eval_rows, "eval_size")
        if train_rows < len(train) - eval_rows:
            check_cut(train.labels, task.labels, train_rows, "train_size", len(train) - eval_rows)
        return
    for rows, taken, setting in ((train, train_rows, "train_size"), (evaluation, eval_rows, "eval_size")):
        if taken < len(rows):
            check_cut(rows.labels, task.labels, taken, setting)


def keeps_shares(ids: NDArray[np.generic], one: int, other: int) -> bool:
    """Whether parts of so many rows can both hold each class in proportion."""
    sizes = np.bincount(ids.astype(np.int64))
    present = sizes[sizes > 0]
    return bool(present.min() >= 2 and min(one, other) >= len(present))


def check_cut(
    ids: NDArray[np.generic], labels: tuple[str, ...], taken: int, setting: str, total: int | None = None
) -> None:
    """See that `taken` rows can hold all classes in proportion, and the rest too. Raises DataError.

    `ids`: the classes of the rows that are cut; `total`: how many of them there will be, where some go before.
    """
    sizes = np.bincount(ids.astype(np.int64), minlength=len(labels))
    present = np.flatnonzero(sizes)
    fewest = present[sizes[present].argmin()]
    rest = (len(ids) if total is None else total) - taken
    if keeps_shares(ids, taken, rest):
        return
    raise DataError(
        "Too few rows of each class to stratify",
        f"data.{setting} cuts {taken:,} rows from {rest:,} others; there are {len(present)} classes, "
        f"and {labels[fewest]!r} has {sizes[fewest]:,} of the rows.",
        "Both parts need a row of every class: change the sizes, or set data.stratify = false.",
    )
