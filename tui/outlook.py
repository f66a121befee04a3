"""What the devices do, who waits for them, and why, put together from the store and the machine."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bertft_tui.core.analysis.durations import Durations
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling.holders import Holder, holders_of
from bertft_tui.core.scheduling.readings import Readings
from bertft_tui.core.scheduling.waiting import Machine, Wait, waits
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import QueueState, RunRecord
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.progress import seconds_left


@dataclass(frozen=True)
class Outlook:
    """Devices and queue at one moment."""

    readings: Readings
    queue: QueueState
    machine: Machine
    waiting: tuple[Wait, ...]
    past: "Past"
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Past:
    """What finished runs took, and which runs these are: it is read anew when they are others."""

    ids: frozenset[str] = frozenset()
    durations: Durations = field(default_factory=Durations)


def alive_ids(db: Database) -> tuple[str, ...]:
    """The ids of the runs that have a process, or are about to."""
    return (*queries.ids_with(db, RunStatus.RUNNING), *queries.ids_with(db, RunStatus.STARTING))


def past_of(runs: Iterable[RunRecord], before: Past | None = None) -> Past:
    """What the finished ones of these runs took."""
    finished = [run for run in runs if run.status is RunStatus.FINISHED]
    ids = frozenset(run.id for run in finished)
    return before if before is not None and before.ids == ids else Past(ids, Durations(finished))


def outlook(
    path: StorePath,
    readings: Readings,
    *,
    queue: QueueState,
    alive: Sequence[RunRecord],
    waiting: Sequence[RunRecord],
    past: Past,
    ages: Mapping[str, float] | None = None,
    holders: Mapping[str, Holder] | None = None,
) -> Outlook:
    """Say what the devices do, and of each waiting run why it waits.

    `ages`: seconds since the records of runs were read, by id; `holders`: who had the devices before.
    """
    devices = tuple(reading.device for reading in readings.devices)
    machine = Machine(
        path=path,
        devices=devices,
        holders=holders_of(devices, holders),
        alive=tuple(alive),
        frees_in={run.id: _done_in(run, past.durations, (ages or {}).get(run.id, 0.0)) for run in alive},
        usual=lambda run, device: past.durations.usual(run.config, device),
    )
    return Outlook(readings, queue, machine, waits(queue, waiting, machine), past)


def _done_in(run: RunRecord, durations: Durations, age: float) -> float | None:
    """Seconds until a live run is done: by its own speed, else by what runs like it took."""
    left = seconds_left(run, age)
    if left is not None or run.device is None:
        return left
    usual = durations.usual(run.config, run.device)
    spent = run.duration_seconds + age
    return None if usual is None or usual < spent else usual - spent
