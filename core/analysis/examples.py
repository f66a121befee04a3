"""Which evaluation examples one run gets wrong, and which only one of two runs gets right.

An example is right when its class, or every one of its labels, was predicted. How sure a run is of a wrong answer is
the probability of the wrong class; of several labels, that of the wrong decision it is surest of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from bertft_tui.core.analysis.classes import is_right
from bertft_tui.core.analysis.comparability import label_places, obstacles, texts_of
from bertft_tui.core.analysis.pairing import one_order, renamed, taken
from bertft_tui.core.errors import InputError
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import RunRecord

if TYPE_CHECKING:  # numpy costs a tenth of a second; only who looks at examples pays it
    import numpy as np
    from numpy.typing import NDArray

#: Which examples are looked at. `wrong`: at least one run is; `both`: both are right; `all`: every example.
Which = Literal["wrong", "only-a", "only-b", "neither", "both", "all"]

EVERY: tuple[Which, ...] = get_args(Which)

#: What one run alone can be asked for.
OF_ONE: tuple[Which, ...] = ("wrong", "all")


@dataclass(frozen=True)
class Counts:
    """How many of n examples two runs get right."""

    both: int
    only_a: int
    only_b: int
    neither: int


@dataclass(frozen=True, eq=False)
class Paired:
    """What two runs say of the same n examples, in the order of the first.

    a: of the first run; b: of the second, with the label ids of the first; places: (n,) where each example stands
    among the second run's own predictions.
    """

    a: Predictions
    b: Predictions
    places: "NDArray[np.intp]"


def paired(first: RunRecord, second: RunRecord, a: Predictions, b: Predictions) -> Paired:
    """Put the predictions of two runs side by side. Raises InputError when they are not about the same texts."""
    import numpy as np

    reasons = obstacles(first, second, (texts_of(a), texts_of(b)))
    theirs = b if reasons else renamed(b, label_places(first.labels, second.labels))
    orders = None if reasons else one_order(a, theirs)
    if orders is None:
        raise InputError(
            "These runs are not comparable",
            f"{second.id} ({second.name}) against {first.id} ({first.name}): {', '.join(reasons) or 'other labels'}.",
            "Only runs that were evaluated on the same texts can be held against each other, text by text.",
        )
    places = orders[1][np.argsort(orders[0])]
    return Paired(a, taken(theirs, places), places)


def counts(a: Predictions, b: Predictions) -> Counts:
    """Count the examples by who gets them right; both sides in the same order."""
    ours, theirs = is_right(a), is_right(b)
    split = (ours & theirs, ours & ~theirs, ~ours & theirs, ~ours & ~theirs)
    return Counts(*(int(each.sum()) for each in split))


def chosen(said: Sequence[Predictions], which: Which, label: int | None = None) -> "NDArray[np.int64]":
    """Return the positions of the examples that one run, or two in the same order, makes so much of.

    Where somebody is wrong, the surest mistakes come first; of those that are right, the least sure; `all` stay in
    the order of the data. `label`: only those that have this label, or were given it by any of the runs.

    One run takes OF_ONE alone.
    """
    import numpy as np

    right = [is_right(each) for each in said]
    kept = _kept(which, right)
    if label is not None:
        kept &= np.any([_has(each.label, label) | _has(each.predicted, label) for each in said], axis=0)
    positions = np.flatnonzero(kept)
    if which == "all":
        return positions
    if which == "both":
        order = np.min([sureness(each)[positions] for each in said], axis=0)
    else:
        wrong = [np.where(hits, 0.0, sureness(each))[positions] for each, hits in zip(said, right, strict=True)]
        order = -np.max(wrong, axis=0)
    return positions[np.argsort(order, kind="stable")]


def by_label(said: Sequence[Predictions], positions: "NDArray[np.int64]") -> tuple[int, ...]:
    """Count, for each label id, those of the examples at `positions` that `chosen` keeps for it."""
    import numpy as np

    labels = range(said[0].probabilities.shape[1])
    sides = [values[positions] for each in said for values in (each.label, each.predicted)]
    return tuple(int(np.any([_has(side, label) for side in sides], axis=0).sum()) for label in labels)


def _kept(which: Which, right: "list[NDArray[np.bool_]]") -> "NDArray[np.bool_]":
    import numpy as np

    a, b = right[0], right[-1]
    match which:
        case "wrong":
            return ~(a & b)
        case "only-a":
            return a & ~b
        case "only-b":
            return ~a & b
        case "neither":
            return ~a & ~b
        case "both":
            return a & b
        case "all":
            return np.ones_like(a)


def sureness(said: Predictions) -> "NDArray[np.float64]":
    """Return how sure a run is of each answer (n,): the probability of the class that it predicts.

    With several labels: of a right answer the probability of the decision it is least sure of, of a wrong one that of
    the wrong decision it is surest of. What is no number is no certainty: 0.
    """
    import numpy as np

    shares = np.nan_to_num(said.probabilities.astype(np.float64))
    if said.problem_type != "multi_label_classification":
        return np.asarray(np.take_along_axis(shares, said.predicted.astype(np.int64)[:, None], axis=1)[:, 0])
    sure = np.where(said.predicted == 1, shares, 1 - shares)
    hits = said.predicted == said.label
    wrong = np.where(hits, 0.0, sure).max(axis=1)
    return np.asarray(np.where(is_right(said), sure.min(axis=1), wrong))


def _has(values: "NDArray[np.generic]", label: int) -> "NDArray[np.bool_]":
    """Say of each example whether a label is among its own."""
    import numpy as np

    return np.asarray(values == label) if values.ndim == 1 else np.asarray(values[:, label] == 1)
