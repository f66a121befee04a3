"""Which column of a table holds the texts, and which the labels."""

from dataclasses import dataclass

import pandas as pd

from bertft_tui.core.config import DataSection
from bertft_tui.core.errors import DataError

#: A column with one of these names holds labels, whatever its case.
LABEL_NAMES = frozenset(
    {"label", "labels", "class", "category", "target", "sentiment", "topic", "intent", "emotion", "y"}
)

#: A second column whose texts are at least this share as long as the longest makes the choice ambiguous.
_ALIKE = 0.75


@dataclass(frozen=True)
class Columns:
    """The chosen columns of a table."""

    text: str
    label: str
    pair: str | None = None


def choose_columns(table: pd.DataFrame, data: DataSection, where: str) -> Columns:
    """Take the columns that the config names, and find the others.

    Raises DataError when a named column is missing, when none fits, or when several fit equally.
    """
    names = [str(name) for name in table.columns]
    for setting in ("text_column", "text_pair_column", "label_column"):
        wanted = getattr(data, setting)
        if wanted is not None and wanted not in names:
            raise _no_column(f"There is no column {wanted!r}", f"data.{setting} names it, but {where}", names)
    label = data.label_column or _find_label(names, {data.text_column, data.text_pair_column}, where)
    taken = {label, data.text_pair_column}
    text = data.text_column or _find_text(table[[name for name in names if name not in taken]], where, names)
    if text == label:
        raise DataError("Text and label are the same column", f"Both are {text!r}.", "Set data.label_column.")
    return Columns(text, label, data.text_pair_column)


def _find_label(names: list[str], taken: set[str | None], where: str) -> str:
    found = [name for name in names if name.strip().lower() in LABEL_NAMES and name not in taken]
    if not found:
        raise _no_column("There is no label column", f"No column name is one of the usual ones, and {where}", names)
    if len(found) > 1:
        raise _ambiguous("label", found, where)
    return found[0]


def _find_text(rest: pd.DataFrame, where: str, names: list[str]) -> str:
    lengths = {str(name): float(rest[name].str.len().mean()) for name in rest.columns if not _is_numeric(rest[name])}
    if not lengths or max(lengths.values()) == 0:
        raise _no_column("There is no text column", f"No column besides the label holds words, and {where}", names)
    longest = max(lengths.values())
    alike = [name for name, length in lengths.items() if length >= _ALIKE * longest]
    if len(alike) > 1:
        raise _ambiguous("text", alike, where)
    return alike[0]


def _is_numeric(column: "pd.Series[str]") -> bool:
    return bool(pd.to_numeric(column, errors="coerce").notna().all())


def _no_column(title: str, message: str, names: list[str]) -> DataError:
    shown = ", ".join(repr(name) for name in names)
    return DataError(
        title,
        f"{message} has the columns {shown}.",
        "The first line must name the columns; set data.text_column and data.label_column to two of them.",
    )


def _ambiguous(kind: str, candidates: list[str], where: str) -> DataError:
    shown = " and ".join(repr(name) for name in candidates)
    return DataError(
        f"Which column is the {kind}?",
        f"In {where} {shown} could each be it.",
        f"Set data.{kind}_column to the right one.",
    )
