"""Two runs on the same examples: which prediction of one belongs to which of the other."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bertft_tui.core.store.predictions import Predictions

if TYPE_CHECKING:  # numpy costs a tenth of a second; only who asks for predictions pays it
    import numpy as np
    from numpy.typing import NDArray


def in_step(
    mine: Predictions, theirs: Predictions, places: tuple[int, ...] | None = None
) -> tuple[Predictions, Predictions] | None:
    """Put the predictions of two runs in one order, by text and label; None where texts or labels are not the same.

    `places`: for each label id of `theirs` the id of that label in `mine`; None: they are the same.
    """
    theirs = renamed(theirs, places)
    orders = one_order(mine, theirs)
    return None if orders is None else (taken(mine, orders[0]), taken(theirs, orders[1]))


def one_order(mine: Predictions, theirs: Predictions) -> "tuple[NDArray[np.intp], NDArray[np.intp]] | None":
    """Return the positions of the same examples on both sides (n,), (n,); None where texts or labels are others.

    A text that stands there several times with one label is paired by its occurrences, first with first.
    """
    import numpy as np

    if len(mine) != len(theirs) or mine.label.shape != theirs.label.shape:
        return None
    kinds = np.unique(np.concatenate([mine.label, theirs.label]), axis=0, return_inverse=True)[1].reshape(-1)
    first, second = kinds[: len(mine)], kinds[len(mine) :]
    order, other = np.lexsort((first, mine.text_hash)), np.lexsort((second, theirs.text_hash))
    same = (mine.text_hash[order] == theirs.text_hash[other]) & (first[order] == second[other])
    return (order, other) if bool(same.all()) else None


def renamed(said: Predictions, places: tuple[int, ...] | None) -> Predictions:
    """Give labels the ids that `places` names for them, in what is true and in what was predicted."""
    import numpy as np

    if places is None or not places or said.problem_type == "regression":
        return said
    back = np.argsort(places)
    if said.problem_type == "multi_label_classification":
        columns: Any = {"label": said.label[:, back], "predicted": said.predicted[:, back]}
    else:
        ids = np.asarray(places, said.label.dtype)
        columns = {"label": ids[said.label], "predicted": ids[said.predicted]}
    return replace(said, **columns, probabilities=said.probabilities[:, back])


def taken(said: Predictions, rows: "NDArray[np.intp]") -> Predictions:
    """Some of the predictions, in the order of `rows`."""
    return replace(
        said,
        label=said.label[rows],
        predicted=said.predicted[rows],
        probabilities=said.probabilities[rows],
        text_hash=said.text_hash[rows],
    )
