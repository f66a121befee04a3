"""Finding the column, or the columns, with the labels; `columns.py` has the rule in words."""

from collections.abc import Sequence

from bertft_tui.core.training.column_names import LABEL_NAMES, RATING_NAMES, is_like
from bertft_tui.core.training.data.cells import kind_of
from bertft_tui.core.training.data.profiles import few_values, flag_values
from bertft_tui.core.training.data.view import View

Found = tuple[tuple[str, ...], str]


def find_labels(view: View, free: Sequence[str]) -> Found:
    """Return the label columns among those that are free, and why. Raises DataError."""
    declared = [name for name in free if view.declared(name) is not None]
    if declared:
        return _one_declared(view, declared)
    usable = [name for name in free if kind_of(view.column(name)) != "other"]
    for known, why in ((LABEL_NAMES, "it is named like one"), (RATING_NAMES, "it is named like a rating")):
        found = [name for name in usable if is_like(name, known)]
        if found:
            return _only(view, found, why)
    return _by_values(view, usable)


def _one_declared(view: View, declared: Sequence[str]) -> Found:
    named = [name for name in declared if is_like(name, LABEL_NAMES)]
    return _only(view, named or declared, "the data set declares its classes")


def _by_values(view: View, free: Sequence[str]) -> Found:
    held = {name: flag_values(view.column(name)) for name in free}
    few = {name: few_values(view.column(name)) for name in free}
    both = [name for name in free if held[name] == {0, 1}]
    if len(both) > 1 and not any(few[name] for name in free if not held[name]):
        flags = tuple(name for name in free if 0 in held[name])
        return flags, f"{len(flags)} columns hold nothing but 0 and 1, and no other has few values"
    found = [name for name in free if few[name]]
    if not found:
        raise view.none("label", "No column is named like one, and none has few values")
    return _only(view, found, f"the only column with few values: {few[found[0]]} different ones")


def _only(view: View, found: Sequence[str], why: str) -> Found:
    if len(found) > 1:
        raise view.ambiguous("label", found)
    return (found[0],), why
