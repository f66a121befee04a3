"""What a run trains and evaluates on, before any subset is drawn: rows, labels, sizes. No torch, no datasets."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bertft_tui.core.config import DataSection, Size
from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.data.duplicates import note_overlap, without_duplicates
from bertft_tui.core.training.data.labels import check_labels
from bertft_tui.core.training.data.rows import Row, Source
from bertft_tui.core.training.data.sources import load_source
from bertft_tui.core.training.task import Task


@dataclass(frozen=True)
class Corpus:
    """The rows to draw from, and how many of them to take.

    With `evaluation` None, the evaluation rows are carved out of `train`.
    """

    train: list[Row]
    evaluation: list[Row] | None
    labels: tuple[str, ...]  # in the order of their ids
    train_rows: int
    eval_rows: int
    notes: tuple[Problem, ...]

    @property
    def task(self) -> Task:
        """What is learnt from them."""
        return Task("single_label_classification", self.labels)


def load_corpus(data: DataSection) -> Corpus:
    """Read the data and check that the sizes the config asks for can be had. Raises DataError."""
    source = load_source(data)
    train = _split(source, data.train_split, "train_split")
    if data.eval_split is None:
        train, evaluation = without_duplicates(source, train), None
        eval_rows = _carved(data, len(train))
        available = len(train) - eval_rows
    else:
        evaluation = _split(source, data.eval_split, "eval_split")
        note_overlap(source, train, evaluation)
        eval_rows = _take(data.eval_size, len(evaluation), "eval_size", data.eval_split)
        available = len(train)
    labels = check_labels(source, train, evaluation or [])
    train_rows = _take(data.train_size, available, "train_size", data.train_split)
    if data.stratify:
        _check_shares(data, train, evaluation, train_rows, eval_rows)
    return Corpus(train, evaluation, labels, train_rows, eval_rows, tuple(source.notes))


def _split(source: Source, name: str, setting: str) -> list[Row]:
    if name not in source.splits:
        raise DataError(
            "There is no such split",
            f"data.{setting} is {name!r}; {source.name} has {', '.join(map(repr, source.splits))}.",
            "A folder of csv files has a split for each file, named like it; a single file is `train`.",
        )
    if not source.splits[name]:
        raise DataError(
            "There are no rows", f"No row of split {name!r} has a text and a label.", "Check the columns."
        )
    return source.splits[name]


def _carved(data: DataSection, rows: int) -> int:
    """How many of the training split's rows become evaluation rows; at least one stays on each side."""
    wanted = math.ceil(data.eval_fraction * rows) if data.eval_size == "all" else data.eval_size
    if wanted >= rows:
        setting = "eval_fraction" if data.eval_size == "all" else "eval_size"
        raise DataError(
            "Nothing would be left to train on",
            f"data.{setting} takes {wanted:,} evaluation rows out of the {rows:,} in split {data.train_split!r}.",
            f"Make data.{setting} smaller, or name an eval_split.",
        )
    return wanted


def _take(size: Size, available: int, setting: str, split: str) -> int:
    if size == "all":
        return available
    if size > available:
        raise DataError(
            "The subset is larger than the data",
            f"data.{setting} is {size:,}, but split {split!r} has {available:,} rows for it.",
            f"Set data.{setting} to at most {available} or to 'all'.",
        )
    return size


def _check_shares(
    data: DataSection, train: Sequence[Row], evaluation: Sequence[Row] | None, train_rows: int, eval_rows: int
) -> None:
    """See that every stratified cut of the rows can keep each class on both sides. Raises DataError."""
    if evaluation is None:
        check_cut(Counter(row.label for row in train), eval_rows, "eval_size")
        if train_rows < len(train) - eval_rows:
            check_cut(Counter(row.label for row in train), train_rows, "train_size", len(train) - eval_rows)
        return
    for rows, taken, setting in ((train, train_rows, "train_size"), (evaluation, eval_rows, "eval_size")):
        if taken < len(rows):
            check_cut(Counter(row.label for row in rows), taken, setting)


def check_cut(classes: Counter[str], taken: int, setting: str, total: int | None = None) -> None:
    """See that `taken` rows can hold all classes in proportion, and the rest too. Raises DataError."""
    label, fewest = min(classes.items(), key=lambda item: item[1])
    rest = (classes.total() if total is None else total) - taken
    if fewest >= 2 and min(taken, rest) >= len(classes):
        return
    raise DataError(
        "Too few rows of each class to stratify",
        f"data.{setting} cuts {taken:,} rows from {rest:,} others; there are {len(classes)} classes, "
        f"and {label!r} has {fewest:,} of the rows.",
        "Both parts need a row of every class: change the sizes, or set data.stratify = false.",
    )
