"""Labels as written into ids: integers in numeric order, words in alphabetical order."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.data.rows import Row, Source
from bertft_tui.core.training.notes import count, listed

_INTEGER = re.compile(r"[+-]?\d+")

#: More classes than this, almost one for each row, and the column hardly holds labels.
_MANY = 200


def label_names(rows: Iterable[Row]) -> tuple[str, ...]:
    """Return the different labels in the order of their ids."""
    found = {row.label for row in rows}
    if all(_INTEGER.fullmatch(label) for label in found):
        return tuple(sorted(found, key=lambda label: (int(label), label)))
    return tuple(sorted(found))


def check_labels(source: Source, train: Sequence[Row], evaluation: Sequence[Row]) -> tuple[str, ...]:
    """Return the training rows' labels in the order of their ids, having looked for what cannot work.

    Raises DataError when there is one class only, when nearly every row has a class of its own, or when
    evaluation rows have labels that training never sees.
    """
    names = label_names(train)
    if len(names) < 2:
        only = (
            f"All {count(len(train), 'training row')} have the label {names[0]!r}" if names else "There are no rows"
        )
        raise DataError("There is only one class", f"{only}.", "Training needs rows of at least two classes.")
    if len(names) > _MANY and len(names) > len(train) / 2:
        raise DataError(
            "This column hardly holds labels",
            f"{len(train):,} rows have {len(names):,} different ones.",
            "Set data.label_column to a column with a few classes.",
        )
    unseen = Counter(row.label for row in evaluation if row.label not in set(names))
    if unseen:
        raise DataError(
            "Evaluation has labels that training never sees",
            f"{count(sum(unseen.values()), 'evaluation row')} of {source.name}: {listed(list(map(repr, unseen)))}.",
            "Check data.train_split, data.eval_split and data.label_column.",
        )
    return names
