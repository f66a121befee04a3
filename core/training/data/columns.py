"""Which columns of a table hold the texts and the labels.

The rule, for what the config does not name:

1. **Label.** The column whose classes the data set declares (`ClassLabel`); else the one that is named like a label
   (`label`, `class`, `sentiment`, …), else like a rating (`stars`, `score`, …); else several columns that hold
   nothing but 0 and 1, where no other column has few values: one label each; else the one column with few values:
   2 to 20 different ones, each in ten rows or more on average.
2. **Second text.** None, unless `data.text_pair_column` asks for one.
3. **Text.** Of the string columns that are left, neither numbers nor dates, and columns of words before columns of
   ids, links and codes: the one with the longest mean. Where another is three quarters as long, a name like `text`,
   `review` or `body` decides.

Two that fit alike are an error which names them, and so are the two halves of a pair (`premise`, `hypothesis`).
Every choice carries its reason, in words that are shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bertft_tui.core.errors import DataError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.column_names import repeated
from bertft_tui.core.training.data.label_column import find_labels
from bertft_tui.core.training.data.text_column import find_text
from bertft_tui.core.training.data.view import View
from bertft_tui.core.training.notes import listed

_NAMED = "data.{}_column names it"


@dataclass(frozen=True)
class Columns:
    """The chosen columns of a table, and why each was chosen: a sentence for `text`, `pair` and `label`."""

    text: str
    labels: tuple[str, ...]  # more than one: each holds 0 or 1
    pair: str | None = None
    why: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The columns as the `--json` documents show them: role → column and why; `label` has a list."""
        chosen: dict[str, Any] = {"text": self.text, "pair": self.pair, "label": list(self.labels)}
        return {role: {"column": column, "why": self.why.get(role, "")} for role, column in chosen.items() if column}


def choose_columns(view: View, data: DataSection) -> Columns:
    """Take the columns that the config names, and find the others.

    Raises DataError when a named column is missing, when none fits, or when several fit equally.
    """
    _refuse_twins(view)
    pair = data.text_pair_column
    labels = named_labels(data, view.names)
    for setting, wanted in (("text", [data.text_column]), ("text_pair", [pair]), ("label", labels)):
        for name in filter(None, wanted):
            if name not in view.names:
                raise view.missing(name, f"data.{setting}_column")
    why = {"text": _NAMED.format("text"), "label": _NAMED.format("label")}
    if not labels:
        labels, why["label"] = find_labels(view, _without(view, data.text_column, pair))
    text = data.text_column
    if text is None:
        text, why["text"] = find_text(view, _without(view, pair, *labels), with_pair=pair is not None)
    if pair is not None:
        why["pair"] = _NAMED.format("text_pair")
    _refuse_two_roles(text, pair, labels)
    return Columns(text, labels, pair, why)


def named_labels(data: DataSection, names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that data.label_column names: one, or several separated by commas; none when it is empty."""
    if data.label_column is None:
        return ()
    if data.label_column in names:
        return (data.label_column,)
    wanted = [name.strip() for name in data.label_column.split(",")]
    return tuple(dict.fromkeys(filter(None, wanted))) or (data.label_column,)


def _without(view: View, *taken: str | None) -> list[str]:
    return [name for name in view.names if name not in taken]


def _refuse_two_roles(text: str, pair: str | None, labels: Sequence[str]) -> None:
    for name in (text, pair):
        if name is not None and (name in labels or text == pair):
            raise DataError(
                "One column cannot be two things",
                f"{name!r} would be {'text and label' if name in labels else 'both texts'}.",
                "Set data.text_column, data.text_pair_column and data.label_column to different columns.",
            )


def _refuse_twins(view: View) -> None:
    if twins := [repr(name) for name in repeated(view.names)]:
        raise DataError("Two columns have the same name", f"In {view.where}: {listed(twins)}.", "Rename one of them.")
