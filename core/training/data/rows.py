"""What a source yields: texts with their labels as they stand in the files, and notes about them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bertft_tui.core.errors import Problem


@dataclass(frozen=True)
class Row:
    """One example: its text, perhaps a second text, its label as written, and where it stands."""

    text: str
    label: str
    place: str  # "row 17" of a csv file, or a text file's path below the corpus
    pair: str | None = None


@dataclass
class Source:
    """A data set before any choice of rows: its splits by name, and what a person should know about it."""

    name: str
    splits: dict[str, list[Row]]
    notes: list[Problem] = field(default_factory=list)

    def note(self, title: str, message: str, hint: str = "") -> None:
        """Add a note about the data."""
        self.notes.append(Problem(title, message, hint))


def without_empty(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Separate the rows that have a text and a label from those that lack one."""
    whole: list[Row] = []
    empty: list[Row] = []
    for row in rows:
        (whole if row.text.strip() and row.label else empty).append(row)
    return whole, empty
