"""Labels that are probably something else: lists or numbers that were written as text, several in one cell, ids."""

import re
from collections import Counter

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.data.labels import Words
from bertft_tui.core.training.data.view import View
from bertft_tui.core.training.notes import listed

#: More labels than this are none, unless the config says that they are or the data set declares them; and so are
#: more than a few, when most rows have one of their own, and more than very few, when nearly all have.
_MANY = 1_000
_A_FEW = 200
_VERY_FEW = 20
_NEARLY_ALL = 0.9

#: A number as people write it that is none to a program: `0,5`, `1,000`, `12 %`, `$5`.
_SPELLED = re.compile(r"[+-]?[$€£]?\s?\d[\d.,' ]*\s?[%$€£]?")

#: What stands between labels where a cell holds several.
_SEPARATORS = ("|", ";", ",")

#: So many cells with several labels, each of which comes again in another cell, are no accident.
_JOINED = 3

_AS_CLASSES = "set data.problem_type = 'single_label_classification'"


def refuse_doubtful(words: Words, name: str, view: View) -> None:
    """See that the labels of column `name` are such, where the config does not say so. Raises DataError."""
    _refuse_numbers(words.names, name, view)
    _refuse_joined(words.names, name, view)
    different, rows = len(words.names), int(words.counts().sum())
    if different > _VERY_FEW and different >= _NEARLY_ALL * rows:
        raise _hardly_labels(different, rows, name, view)
    refuse_many(different, rows, name, view)


def refuse_lists(labels: tuple[str, ...], name: str, view: View) -> None:
    """See that labels are not lists written as text. Raises DataError."""
    if labels and all(label.startswith("[") and label.endswith("]") for label in labels):
        raise DataError(
            "These labels are lists, written as text",
            f"Column {name!r} of {view.where} holds {labels[0][:60]!r} and the like.",
            "Write the data as json or parquet, which have lists, or with a 0/1 column for each label.",
        )


def refuse_many(labels: int, rows: int, name: str, view: View) -> None:
    """See that there are not too many different labels. Raises DataError."""
    if labels > _MANY or (labels > _A_FEW and labels > rows / 2):
        raise _hardly_labels(labels, rows, name, view)


def _refuse_numbers(labels: tuple[str, ...], name: str, view: View) -> None:
    # 10 % and 20 % may be classes; 0,5 and 1,0 and 1,5 are not.
    few = 2 if any("," in label for label in labels) else _VERY_FEW
    if len(labels) > few and all(map(_SPELLED.fullmatch, labels)) and not all(map(_is_plain, labels)):
        raise DataError(
            "These labels are numbers that cannot be read",
            f"Column {name!r} of {view.where} holds {labels[0]!r}, {labels[1]!r} and the like, {len(labels):,} "
            "different ones.",
            f"Write them with digits and a point alone, as 0.5 or 1000; if they are classes, {_AS_CLASSES}.",
        )


def _is_plain(label: str) -> bool:
    return all(letter in "+-.0123456789" for letter in label)


def _refuse_joined(labels: tuple[str, ...], name: str, view: View) -> None:
    for separator in _SEPARATORS:
        joined = [label for label in labels if separator in label.strip(separator)]
        parts = [{part.strip() for part in label.split(separator)} - {""} for label in labels]
        found = Counter(part for each in parts for part in each)
        if len(joined) >= _JOINED and len(found) < len(labels) and min(found.values()) > 1:
            raise DataError(
                "These cells hold several labels each",
                f"Column {name!r} of {view.where} has {joined[0]!r}, {joined[1]!r} and the like: "
                f"{listed([repr(part) for part in sorted(found)])}, with {separator!r} between them.",
                "Write the data as json or parquet, which have lists, or with a 0/1 column for each label; if each "
                f"combination is a class of its own, {_AS_CLASSES}.",
            )


def _hardly_labels(labels: int, rows: int, name: str, view: View) -> DataError:
    return DataError(
        "This column hardly holds labels",
        f"Column {name!r} of {view.where} has {labels:,} different ones in {rows:,} rows.",
        "Name another column in data.label_column; set data.problem_type if they are labels all the same.",
    )
