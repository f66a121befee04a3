"""Drawing the rows of a run with `datasets`: carving, shuffling, stratifying; all from `data.subset_seed`."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from datasets import ClassLabel, Dataset, DatasetInfo, Features, List, Value
from datasets.table import InMemoryTable
from datasets.utils.stratify import stratified_shuffle_split_generate_indices
from numpy.typing import NDArray

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.data.balance import label_sizes
from bertft_tui.core.training.data.corpus import Corpus
from bertft_tui.core.training.data.rows import Rows, label_array
from bertft_tui.core.training.data.sizes import check_cut, drawn_sizes, keeps_shares
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.task import Task


@dataclass(frozen=True)
class Datasets:
    """The rows to train and to evaluate on: columns `text`, `pair` (if there is one), `label` and `row`.

    `label` is a ClassLabel id, a float32 number, or a float32 0 or 1 for each label. `row` is the row's number in its
    split, from 0.
    """

    train: Dataset
    evaluation: Dataset
    notes: tuple[Problem, ...] = ()


def draw(corpus: Corpus, data: DataSection) -> Datasets:
    """Draw the training and the evaluation rows, disjoint when both come from one split.

    A full set keeps the order of its files. Raises DataError when only one class, or one number, was drawn.
    """
    base = as_dataset(corpus.train, corpus.task)
    if corpus.evaluation is None:
        rest, evaluation = _carve(base, corpus.eval_rows, data)
    else:
        rest = base
        evaluation = _subset(as_dataset(corpus.evaluation, corpus.task), corpus.eval_rows, "eval_size", data)
    train = _subset(rest, corpus.train_rows, "train_size", data)
    return Datasets(train, evaluation, _labels_drawn(train, corpus, data))


def as_dataset(rows: Rows, task: Task) -> Dataset:
    """Return rows as a `Dataset` that shares their memory."""
    features = {"text": Value("large_string"), "label": _label_feature(task), "row": Value("int64")}
    if "pair" in rows.table.column_names:
        features["pair"] = Value("large_string")
    table = rows.table.select(list(features))
    if task.problem_type == "regression":
        table = table.set_column(1, "label", table.column("label").cast("float32"))
    # `datasets` would hash all texts for a fingerprint, which takes longer than drawing; nothing is cached under it.
    name = hashlib.sha256(rows.where.encode()).hexdigest()[:16]
    return Dataset(InMemoryTable(table), info=DatasetInfo(features=Features(features)), fingerprint=name)


def table_of(rows: Dataset) -> pa.Table:
    """Return rows that were drawn as one table, in their order."""
    found: pa.Table = rows.with_format("arrow")[:]
    return found


def by_position(rows: Dataset, place: Callable[[int], str]) -> Callable[[int], str]:
    """Return what says where a row stands by its position, where `place` does by its number in its split."""
    return lambda position: place(int(rows[position]["row"]))


def labels_of(rows: Dataset) -> NDArray[np.generic]:
    """Return the labels of rows: (n), or (n, labels).

    `rows["label"]` reads one label at a time: seconds for a hundred thousand.
    """
    return label_array(table_of(rows.select_columns("label")).column("label"))


def _label_feature(task: Task) -> ClassLabel | Value | List:
    if task.problem_type == "single_label_classification":
        return ClassLabel(names=list(task.labels))
    if task.problem_type == "regression":
        return Value("float32")
    return List(Value("float32"), length=task.num_labels)


def _carve(base: Dataset, rows: int, data: DataSection) -> tuple[Dataset, Dataset]:
    """Cut evaluation rows out; both parts come back in the order of the files.

    Each class keeps its share wherever that can be: then the evaluation is of what was learnt. The only row of a
    class is trained on.
    """
    free = np.arange(len(base))
    whole = False
    if isinstance(base.features["label"], ClassLabel):
        ids = labels_of(base).astype(np.int64)
        shared = np.flatnonzero(np.bincount(ids)[ids] > 1)
        free = shared if len(shared) > rows else free
        whole = keeps_shares(ids[free], len(free) - rows, rows)
    _, carved = _cut(base.select(free), len(free) - rows, data, stratify=data.stratify or whole)
    is_carved = np.zeros(len(base), np.bool_)
    is_carved[free[carved]] = True
    return base.select(np.flatnonzero(~is_carved)), base.select(np.flatnonzero(is_carved))


def _subset(rows: Dataset, size: int, setting: str, data: DataSection) -> Dataset:
    if size == len(rows) and getattr(data, setting) == "all":
        return rows
    if not data.stratify or size == len(rows):
        return rows.shuffle(seed=data.subset_seed).select(range(size))
    check_cut(labels_of(rows), rows.features["label"].names, size, setting)
    return rows.select(_cut(rows, size, data, stratify=True)[0])


def _cut(
    rows: Dataset, size: int, data: DataSection, *, stratify: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions of the two parts that `Dataset.train_test_split(train_size=size)` makes.

    The method itself looks at a label at a time when it stratifies: minutes for a million rows.
    """
    draw = np.random.default_rng(data.subset_seed)
    rest = len(rows) - size
    if not stratify:
        shuffled = draw.permutation(len(rows))
        return shuffled[rest:], shuffled[:rest]
    first, second = next(stratified_shuffle_split_generate_indices(labels_of(rows), size, rest, rng=draw))
    return first, second


def _labels_drawn(train: Dataset, corpus: Corpus, data: DataSection) -> tuple[Problem, ...]:
    """See that what was drawn can be learnt, and say which labels it lacks. Raises DataError."""
    labels, task = labels_of(train), corpus.task
    if task.problem_type == "regression":
        if len(np.unique(labels)) < 2:
            raise DataError(
                "Only one value was drawn",
                f"All {len(train):,} training rows have the value {labels[0]:g}.",
                "Take more rows (data.train_size).",
            )
        return ()
    sizes = label_sizes(labels, task)
    missing = [repr(task.labels[number]) for number in np.flatnonzero(sizes == 0)]
    if not missing:
        return ()
    way = ", or set data.stratify = true" if _would_help(corpus, data) else ""
    hint = f"Take more rows (data.train_size){way}."
    if task.problem_type == "single_label_classification":
        _refuse_one_class(sizes, task, hint)
    what = "classes" if task.problem_type == "single_label_classification" else "labels"
    return (
        Problem(
            f"Some {what} are not among the training rows",
            f"The {len(train):,} rows that were drawn have none of {listed(missing)}.",
            hint,
        ),
    )


def _would_help(corpus: Corpus, data: DataSection) -> bool:
    """Whether data.stratify would be taken, and give training every label."""
    if data.stratify:
        return False
    stratified = data.model_copy(update={"stratify": True})
    try:
        drawn_sizes(stratified, corpus.task, corpus.train, corpus.evaluation)
        return not draw(corpus, stratified).notes
    except DataError:
        return False


def _refuse_one_class(sizes: NDArray[np.int64], task: Task, hint: str) -> None:
    if np.count_nonzero(sizes) < 2:
        raise DataError(
            "Only one class was drawn",
            f"All {sizes.sum():,} training rows have the label {task.labels[int(sizes.argmax())]!r}.",
            hint,
        )
