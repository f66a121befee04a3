"""The rows of the table of runs: runs, and groups of runs that can be opened."""

from collections.abc import Sequence
from dataclasses import dataclass

from bertft_tui.core.store.grouping import Group
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import ALIVE


@dataclass(frozen=True)
class GroupRow:
    """Runs that are equal in some fields, in one line."""

    key: str  # as the cursor knows it; no run's id looks like it
    title: str
    group: Group
    is_open: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """The runs, newest first."""
        return self.group.runs


Row = RunRecord | GroupRow


def key_of(row: Row) -> str:
    """What the cursor calls a row."""
    return row.key if isinstance(row, GroupRow) else row.id


def changed_places(before: Sequence[Row], after: Sequence[Row]) -> list[int] | None:
    """The places of rows that are others now, or whose clocks tick; None where rows came, went or moved."""
    if len(before) != len(after):
        return None
    places = []
    for place, (old, new) in enumerate(zip(before, after, strict=True)):
        if old is new and (new.__class__ is not RunRecord or new.status not in ALIVE):
            continue
        if key_of(old) != key_of(new):
            return None
        places.append(place)
    return places
