"""What a run makes of each class: which classes it takes for which, and precision, recall and F1 of each."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bertft_tui.core.analysis.intervals import Interval, wilson
from bertft_tui.core.errors import InputError
from bertft_tui.core.store.predictions import Predictions

if TYPE_CHECKING:  # numpy costs a tenth of a second; only who asks for a report pays it
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ClassScores:
    """One class, or one of several labels, over n evaluation examples, as counts of them."""

    label: str
    support: int  # examples that have it
    predicted: int  # examples that were given it
    correct: int  # examples that have it and were given it

    @property
    def precision(self) -> float:
        """The share of those given it that have it, 0 where none was given it."""
        return self.correct / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """The share of those having it that were given it, 0 where none has it."""
        return self.correct / self.support if self.support else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, 0 where nobody has it or was given it."""
        both = self.support + self.predicted
        return 2 * self.correct / both if both else 0.0


@dataclass(frozen=True)
class Confusion:
    """How many examples of one class were taken for another one."""

    true: str
    predicted: str
    count: int
    share: float  # of those of the true class


@dataclass(frozen=True, eq=False)
class ClassReport:
    """Every class of a run, in the order of the labels' ids.

    confusion: (k, k) examples by their true class (row) and the predicted one (column); None with several labels.
    """

    n: int  # examples
    right: int  # examples whose class, or whose every label, was predicted
    scores: tuple[ClassScores, ...]
    confusion: "NDArray[np.int64] | None"

    @property
    def interval(self) -> Interval:
        """Where the true share of right ones lies."""
        return wilson(self.right, self.n)

    @property
    def by_row(self) -> "NDArray[np.float64] | None":
        """The confusion matrix as shares of each true class (k, k); a class without examples has zeros."""
        if self.confusion is None:
            return None
        shares: NDArray[np.float64] = self.confusion / self.confusion.sum(axis=1, keepdims=True).clip(min=1)
        return shares

    @property
    def confusions(self) -> tuple[Confusion, ...]:
        """Every pair of classes of which one was taken for the other, the most frequent first."""
        import numpy as np

        if self.confusion is None:
            return ()
        mistaken = self.confusion * (1 - np.eye(len(self.scores), dtype=np.int64))
        order = np.argsort(-mistaken, axis=None, kind="stable")[: np.count_nonzero(mistaken)]
        names, supports = [each.label for each in self.scores], [each.support for each in self.scores]
        pairs = zip(*(each.tolist() for each in np.unravel_index(order, mistaken.shape)), strict=True)
        found = ((true, given, int(mistaken[true, given])) for true, given in pairs)
        return tuple(
            Confusion(names[true], names[given], count, count / supports[true]) for true, given, count in found
        )


def check_classes(said: Predictions, labels: tuple[str, ...]) -> None:
    """See that predictions are about classes, and about these. Raises InputError."""
    if said.problem_type == "regression":
        raise InputError(
            "Numbers have no classes",
            "The run learns a number for each text, so there is none to be taken for another.",
            "`bertft-tui metrics RUN` shows how far off its numbers are.",
        )
    shares = said.probabilities.shape[1]
    ids = () if said.problem_type == "multi_label_classification" else (said.label, said.predicted)
    strange = any(len(each) and (each.min() < 0 or each.max() >= len(labels)) for each in ids)
    if shares != len(labels) or strange:
        raise InputError(
            "These predictions are about other labels",
            f"The run has {len(labels):,} labels, and its predictions have {shares:,}.",
            "Its row in the store was changed by some other program; `bertft-tui doctor --rebuild` makes it anew.",
        )


def is_right(said: Predictions) -> "NDArray[np.bool_]":
    """Say of each example (n,) whether its class, or every one of its labels, was predicted."""
    import numpy as np

    same = said.label == said.predicted
    return np.asarray(same if same.ndim == 1 else same.all(axis=1))


def class_report(said: Predictions, labels: tuple[str, ...]) -> ClassReport:
    """Count what became of each class. `labels`: their names by id. Raises InputError."""
    import numpy as np

    check_classes(said, labels)
    confusion = None
    if said.problem_type == "multi_label_classification":
        truth, given = said.label.astype(np.int64), said.predicted.astype(np.int64)
        counts = (truth.sum(axis=0), given.sum(axis=0), (truth * given).sum(axis=0))
    else:
        size = len(labels)
        places = said.label.astype(np.int64) * size + said.predicted.astype(np.int64)
        confusion = np.bincount(places, minlength=size * size).reshape(size, size)
        counts = (confusion.sum(axis=1), confusion.sum(axis=0), confusion.diagonal())
    support, predicted, correct = (each.tolist() for each in counts)
    scores = tuple(map(ClassScores, labels, support, predicted, correct))
    return ClassReport(len(said), int(is_right(said).sum()), scores, confusion)
