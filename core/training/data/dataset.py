"""Drawing the rows of a run with `datasets`: carving, shuffling, stratifying; all from `data.subset_seed`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from datasets import ClassLabel, Dataset, Features, Value

from bertft_tui.core.config import DataSection
from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.data.corpus import Corpus, check_cut
from bertft_tui.core.training.data.rows import Row
from bertft_tui.core.training.notes import listed


@dataclass(frozen=True)
class Datasets:
    """The rows to train and to evaluate on: columns `text`, `pair` (if there is one), `label` (ids) and `row`."""

    train: Dataset
    evaluation: Dataset
    notes: tuple[Problem, ...] = ()


def draw(corpus: Corpus, data: DataSection) -> Datasets:
    """Draw the training and the evaluation rows, disjoint when both come from one split.

    A full set keeps the order of its files. Raises DataError when only one class was drawn.
    """
    base = _dataset(corpus.train, corpus.labels)
    if corpus.evaluation is None:
        rest, evaluation = _carve(base, corpus.eval_rows, data)
    else:
        rest = base
        evaluation = _subset(_dataset(corpus.evaluation, corpus.labels), corpus.eval_rows, "eval_size", data)
    train = _subset(rest, corpus.train_rows, "train_size", data)
    return Datasets(train, evaluation, _classes_drawn(train, corpus.labels))


def _dataset(rows: Sequence[Row], labels: tuple[str, ...]) -> Dataset:
    columns = {
        "text": [row.text for row in rows],
        "label": [row.label for row in rows],
        "row": list(range(len(rows))),
    }
    features = {"text": Value("string"), "label": ClassLabel(names=list(labels)), "row": Value("int64")}
    if rows[0].pair is not None:
        columns["pair"] = [row.pair for row in rows]
        features["pair"] = Value("string")
    return Dataset.from_dict(columns, features=Features(features))


def _carve(base: Dataset, rows: int, data: DataSection) -> tuple[Dataset, Dataset]:
    """Cut evaluation rows out; both parts come back in the order of the files."""
    parts = base.train_test_split(
        test_size=rows, seed=data.subset_seed, stratify_by_column="label" if data.stratify else None
    )
    rest, evaluation = (base.select(sorted(parts[name]["row"])) for name in ("train", "test"))
    return rest, evaluation


def _subset(rows: Dataset, size: int, setting: str, data: DataSection) -> Dataset:
    if size == len(rows) and getattr(data, setting) == "all":
        return rows
    if not data.stratify or size == len(rows):
        return rows.shuffle(seed=data.subset_seed).select(range(size))
    check_cut(_class_sizes(rows), size, setting)
    return rows.train_test_split(train_size=size, seed=data.subset_seed, stratify_by_column="label")["train"]


def _class_sizes(rows: Dataset) -> Counter[str]:
    names = rows.features["label"].names
    return Counter(names[label] for label in rows["label"])


def _classes_drawn(train: Dataset, labels: tuple[str, ...]) -> tuple[Problem, ...]:
    drawn = _class_sizes(train)
    missing = [repr(label) for label in labels if label not in drawn]
    if len(drawn) < 2:
        raise DataError(
            "Only one class was drawn",
            f"All {len(train):,} training rows have the label {next(iter(drawn))!r}.",
            "Take more rows (data.train_size), or set data.stratify = true.",
        )
    if not missing:
        return ()
    return (
        Problem(
            "Some classes are not among the training rows",
            f"The {len(train):,} rows that were drawn have none of {listed(missing)}.",
            "Take more rows (data.train_size), or set data.stratify = true.",
        ),
    )
