"""Whether two runs were scored on the same texts: only then does a difference of their figures say something."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bertft_tui.core.metric_names import TEST, ProblemType
from bertft_tui.core.sections import DataSection
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import RunRecord

if TYPE_CHECKING:  # numpy costs a tenth of a second; only who looks at texts pays it
    import numpy as np
    from numpy.typing import NDArray

_LEARNS: dict[ProblemType, str] = {
    "single_label_classification": "one class of several",
    "multi_label_classification": "any number of labels",
    "regression": "a number",
}

#: Labels that a reason names.
_NAMED = 3


@dataclass(frozen=True, eq=False)
class EvaluatedTexts:
    """The texts that a run was scored on, as its predictions tell; n of them.

    hashes: (n,) of each text; labels: (n,) ids or numbers, or (n, k) 0 and 1 for each of k labels.
    """

    hashes: "NDArray[np.uint64]"
    labels: "NDArray[np.generic]"

    def __len__(self) -> int:
        return len(self.hashes)


def texts_of(said: Predictions | None) -> EvaluatedTexts | None:
    """Keep of predictions what tells which texts they are about; None without predictions."""
    return None if said is None else EvaluatedTexts(said.text_hash, said.label)


def obstacles(
    base: RunRecord,
    other: RunRecord,
    texts: tuple[EvaluatedTexts | None, EvaluatedTexts | None] = (None, None),
    *,
    test: bool = False,
) -> tuple[str, ...]:
    """Say why a run's figures cannot be held against those of a baseline; empty when they can.

    `texts` of both settle it where they are known; else settings and numbers of rows do. `test`: it is about the
    figures of the test split, and the texts are its texts.
    """
    if words := _other_task(base, other) or _other_labels(base, other):
        return (words,)
    mine, theirs = texts
    if mine is not None and theirs is not None:
        return _other_texts(mine, theirs, label_places(base.labels, other.labels))
    if words := _other_data(base.config.data, other.config.data):
        return (words,)
    words = _other_test_rows(base, other) if test else _other_rows(base, other)
    return (words,) if words else ()


def why_not(base: RunRecord, other: RunRecord, metric: str, texts: Mapping[str, EvaluatedTexts | None]) -> str:
    """Say why a metric of a run cannot be held against a baseline's; empty when it can.

    `texts`: those that the metric was measured on, by a run's id.
    """
    if other is base:
        return ""
    pair = texts.get(base.id), texts.get(other.id)
    return "; ".join(obstacles(base, other, pair, test=metric.startswith(TEST)))


def _task(run: RunRecord) -> ProblemType | None:
    asked = run.config.data.problem_type
    return run.problem_type or (None if asked == "auto" else asked)


def _other_task(base: RunRecord, other: RunRecord) -> str:
    mine, theirs = _task(base), _task(other)
    if mine is None or theirs is None or mine == theirs:
        return ""
    return f"learns {_LEARNS[theirs]}, not {_LEARNS[mine]}"


def _other_labels(base: RunRecord, other: RunRecord) -> str:
    """Which labels only the other has, or lacks. That of a regression is but the name of a column."""
    mine, theirs = set(base.labels), set(other.labels)
    if not mine or not theirs or mine == theirs or _task(other) == "regression":
        return ""
    for names, words in ((theirs - mine, "other labels: "), (mine - theirs, "labels are missing: ")):
        if names:
            more = ", …" if len(names) > _NAMED else ""
            return words + ", ".join(sorted(names)[:_NAMED]) + more
    return ""


def _other_data(mine: DataSection, theirs: DataSection) -> str:
    """Another data set, version or column; a column that was found may be the one that the other names."""
    if mine.dataset != theirs.dataset:
        return f"other data: {theirs.dataset}"
    for name in ("config_name", "revision", "text_pair_column"):
        if getattr(mine, name) != getattr(theirs, name):
            return f"other data: {name} {getattr(theirs, name) or 'empty'}"
    for name in ("text_column", "label_column"):
        if None not in (pair := {getattr(mine, name), getattr(theirs, name)}) and len(pair) > 1:
            return f"other data: {name} {getattr(theirs, name)}"
    return ""


def _other_test_rows(base: RunRecord, other: RunRecord) -> str:
    mine, theirs = base.config.data.test_split, other.config.data.test_split
    return "" if mine == theirs else f"tested on {theirs or 'no split'}, not {mine or 'no split'}"


def _other_rows(base: RunRecord, other: RunRecord) -> str:
    """Another split, another number of rows, or others that were drawn."""
    mine, theirs = base.config.data, other.config.data
    if mine.eval_split != theirs.eval_split:
        return f"evaluated on {_split(theirs)}, not {_split(mine)}"
    if None not in (base.eval_rows, other.eval_rows) and base.eval_rows != other.eval_rows:
        return f"evaluated on {other.eval_rows:,} texts, not {base.eval_rows:,}"
    for name in _drawn_by(mine, theirs):
        if getattr(mine, name) != getattr(theirs, name):
            return f"other texts were drawn: {name} {getattr(theirs, name)}, not {getattr(mine, name)}"
    return ""


def _split(data: DataSection) -> str:
    return data.eval_split or f"a part of {data.train_split}"


def _drawn_by(mine: DataSection, theirs: DataSection) -> tuple[str, ...]:
    """The settings that decide which rows of a split are evaluated on."""
    if mine.eval_split is None:
        return "train_split", "eval_size", "eval_fraction", "subset_seed"
    whole = mine.eval_size == theirs.eval_size == "all"
    return () if whole else ("eval_size", "subset_seed", "stratify")


def label_places(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[int, ...] | None:
    """For each label id of the other run the baseline's id of that label; None when they are the same."""
    return None if mine == theirs or set(mine) != set(theirs) else tuple(map(mine.index, theirs))


@lru_cache(maxsize=64)  # the screen asks again with every change of the store, and thousands of texts are sorted
def _other_texts(mine: EvaluatedTexts, theirs: EvaluatedTexts, places: tuple[int, ...] | None) -> tuple[str, ...]:
    """How many texts, or labels of the same texts, differ, in whatever order they stand."""
    import numpy as np

    most = max(len(mine), len(theirs))
    if count := _differing(mine.hashes, theirs.hashes):
        return (f"{count:,} of {most:,} texts differ",)
    labels: Any = theirs.labels
    if labels.shape[1:] != mine.labels.shape[1:] or not _fit(labels, places):
        return ("other labels",)
    if places is not None:
        labels = np.asarray(places)[labels] if labels.ndim == 1 else labels[:, np.argsort(places)]
    kinds = np.unique(np.concatenate([mine.labels, labels]), axis=0, return_inverse=True)[1].reshape(-1)
    first, second = kinds[: len(mine)], kinds[len(mine) :]
    labelled = [
        np.stack([each.hashes, kind.astype(np.uint64)], 1) for each, kind in ((mine, first), (theirs, second))
    ]
    count = _differing(*labelled)
    return (f"the labels of {count:,} of {most:,} texts differ",) if count else ()


def _fit(labels: Any, places: tuple[int, ...] | None) -> bool:
    """Whether every label id has a place."""
    if places is None or not labels.size:
        return True
    if labels.ndim > 1:
        return bool(labels.shape[1] == len(places))
    return bool(labels.min() >= 0 and labels.max() < len(places))


def _differing(mine: "NDArray[np.uint64]", theirs: "NDArray[np.uint64]") -> int:
    """How many rows of one have no partner in the other; equal rows count as often as they stand there."""
    import numpy as np

    if len(mine) == len(theirs) and bool((mine == theirs).all()):
        return 0
    kinds = np.unique(np.concatenate([mine, theirs]), axis=0, return_inverse=True)[1].reshape(-1)
    size = int(kinds.max()) + 1
    more = np.bincount(kinds[: len(mine)], minlength=size) - np.bincount(kinds[len(mine) :], minlength=size)
    return int(max(more[more > 0].sum(), -more[more < 0].sum()))
