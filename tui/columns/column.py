"""What a column of the table of runs is, and what its cells depend on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bertft_tui.core.store.grouping import Group
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.glyphs import MUTED
from bertft_tui.tui.interests.standings import UNKNOWN, Standing

Table = Literal["runs", "trash"]


@dataclass(frozen=True)
class View:
    """What the cells depend on beside the run."""

    metric: str
    age: Callable[[RunRecord], float]
    sort: str = ""  # the key of a column; empty: newest first
    reverse: bool = False
    table: Table = "runs"
    held: Mapping[str, int] = field(default_factory=dict)  # bytes on the disk, of the runs that were measured
    baseline: RunRecord | None = None
    standings: Mapping[str, Standing] = field(default_factory=dict)  # how sure figures are, as far as that is known

    def standing(self, run: RunRecord) -> Standing:
        """How sure a run's figures are."""
        return self.standings.get(run.id, UNKNOWN)


@dataclass(frozen=True)
class RunColumn:
    """One column. Those with the highest `gives_way` leave first when room is scarce; 0 stays."""

    key: str  # what settings and the sort order call it
    title: str
    text: Callable[[RunRecord, View], str]
    colour: str = MUTED
    right: bool = True
    gives_way: int = 0
    sort: str = ""  # the field of the filter language that it is sorted by; empty: it cannot be
    order: Callable[[RunRecord, View], Any] | None = None  # for tables that are sorted here, not in the store
    only: Table | None = None  # the table that has it; None: both
    help: str = ""  # for whoever chooses columns
    hides: bool = False  # where no run has anything there
    group: Callable[[Group], str] | None = None  # what stands there of runs in one line; None: nothing
    ticks: bool = False  # its text changes while the run's record stays the same
