"""What the screens show: immutable, built off the interface's thread."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from bertft_tui.core.errors import Problem
from bertft_tui.core.store.records import (
    AttemptRecord,
    CheckpointRecord,
    EventRecord,
    QueueState,
    RequestRecord,
    RunRecord,
    Series,
)


@dataclass(frozen=True)
class RunDetail:
    """What was asked for about one run: its curves, and with `is_whole` all the rest too."""

    run_id: str
    series: dict[str, Series]
    is_whole: bool = False
    events: tuple[EventRecord, ...] = ()
    attempts: tuple[AttemptRecord, ...] = ()
    requests: tuple[RequestRecord, ...] = ()
    checkpoints: tuple[CheckpointRecord, ...] = ()
    log: tuple[str, ...] = ()
    bytes: int | None = None  # what its directory holds on the disk


@dataclass(frozen=True)
class Snapshot:
    """The store at one moment."""

    revision: int = -1
    runs: tuple[RunRecord, ...] = ()  # newest first
    trash: tuple[RunRecord, ...] = ()  # the last deleted first
    held: Mapping[str, int] = field(default_factory=dict)  # bytes on the disk of those in the trash, once measured
    queue: QueueState = field(default_factory=lambda: QueueState(paused=False, reason="", waiting=()))
    detail: RunDetail | None = None
    disk: Problem | None = None  # what is the matter with the disk of the store or of the run directories
    read_at: dict[str, float] = field(default_factory=dict)  # monotonic seconds, for each run

    def age(self, run: RunRecord) -> float:
        """Seconds since a live run's record was read; 0 for one that has ended."""
        read_at = self.read_at.get(run.id)
        return max(0.0, time.monotonic() - read_at) if read_at is not None and run.status.is_alive else 0.0

    def run(self, run_id: str | None) -> RunRecord | None:
        """The run with this id, also from the trash; None when it is not among those shown."""
        return next((run for run in (*self.runs, *self.trash) if run.id == run_id), None)

    @property
    def alive(self) -> int:
        """How many runs have a process, or are about to."""
        return sum(run.status.is_alive for run in self.runs)
