"""One table as columns are looked for in it, and the errors that name them."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import pyarrow as pa

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.data.cells import plain
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.sources.raw import RawSplit

_HINTS = {
    "text": "To learn from two texts together, name the second one in data.text_pair_column.",
    "label": "Several 0/1 columns, one label each, are separated by commas.",
}

_HEADER = "In a csv file the first line must name the columns."

_CELLS = {
    "text": "A text is one string: write out as such what lies in lists or objects.",
    "label": "A label is a word, a number, true or false, or a list of them.",
}


@dataclass(frozen=True)
class View:
    """A split and how to call it in a sentence."""

    split: RawSplit
    name: str  # "train"
    source: str  # what people call the data set

    @property
    def where(self) -> str:
        """The split in words: `split 'train' of reviews.csv`."""
        return f"split {self.name!r} of {self.source}"

    @cached_property  # Arrow makes a new list each time
    def names(self) -> tuple[str, ...]:
        """All columns."""
        return tuple(map(str, self.split.table.column_names))

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column in plain types. Raises DataError when there is none, or when its texts are none."""
        if name not in self.names:
            raise self.missing(name)
        column = plain(self.split.table.column(name))
        try:
            column.validate(full=True)  # parquet and arrow files may hold any bytes where strings should be
        except pa.ArrowInvalid as error:
            raise DataError(
                "Some texts are not UTF-8",
                f"Column {name!r} of {self.where}: {str(error).rstrip('.')}.",
                "Write the file anew, as UTF-8. Where other columns are meant, name them in data.text_column and "
                "data.label_column.",
            ) from None
        return column

    def declared(self, name: str) -> tuple[str, ...] | None:
        """Return the names of the classes that the data set declares for a column."""
        return self.split.class_names.get(name) or None

    def missing(self, name: str, setting: str = "") -> DataError:
        """Say that a column is not there, which ones are, and which one was perhaps meant."""
        near = get_close_matches(name, self.names, n=1)
        asked = f"{setting} names it, but " if setting else ""
        return DataError(
            f"There is no column {name!r}",
            f"{asked}{self.where} has the columns {self._shown}.",
            f"Did you mean {near[0]!r}?" if near else self._way_out(setting),
        )

    def none(self, kind: str, message: str) -> DataError:
        """Say that no column can be the text or the label."""
        return DataError(
            f"There is no {kind} column",
            f"{message}; {self.where} has the columns {self._shown}.",
            f"{_HEADER if self._all_strings else _CELLS[kind]} Set data.{kind}_column to the right one.",
        )

    def _way_out(self, setting: str) -> str:
        if not setting:
            return "Every split needs the columns of the training split: write it anew, or name another split."
        return f"{_HEADER if self._all_strings else ''} Set {setting} to one of them.".strip()

    @property
    def _all_strings(self) -> bool:
        """Whether this may be a csv file, whose first line may be a row."""
        return all(pa.types.is_string(kind) for kind in self.split.table.schema.types)

    def ambiguous(self, kind: str, candidates: Sequence[str]) -> DataError:
        """Name the columns that could each be the text or the label."""
        return DataError(
            f"Which column is the {kind}?",
            f"In {self.where} {' and '.join(map(repr, candidates))} could each be it.",
            f"Set data.{kind}_column to the right one. {_HINTS[kind]}",
        )

    @property
    def _shown(self) -> str:
        return listed([repr(name) for name in self.names], 30)
