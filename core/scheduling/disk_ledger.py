"""The disk ledger: what the store and its run directories hold, and what a purge would free."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bertft_tui.core.directories import RunUsage, run_usage, usage
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import plain_reading
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import Outline
from bertft_tui.core.store.status import RunStatus


@dataclass(frozen=True)
class Held:
    """One directory among the run directories."""

    id: str
    name: str  # the run's; empty when no run has this directory
    usage: RunUsage


@dataclass(frozen=True)
class DiskLedger:
    """All in bytes, as the disk gives them; directories by size, the largest first."""

    runs: tuple[Held, ...] = ()
    trash: tuple[Held, ...] = ()
    orphans: tuple[Held, ...] = ()  # directories that no row of the store knows
    missing: tuple[str, ...] = ()  # ids of runs that were started and have no directory
    leftovers: int = 0  # of killed purges, and half-written checkpoints of runs that have ended
    not_needed: int = 0  # training state of runs that have finished and never go on
    backups: int = 0
    store: int = 0  # the database with its write-ahead log
    free: int = 0  # on that disk

    @property
    def in_trash(self) -> int:
        """What the trash holds."""
        return sum(held.usage.total for held in self.trash)

    @property
    def to_free(self) -> int:
        """What a purge of the whole trash would free."""
        return self.in_trash + self.leftovers

    @property
    def in_runs(self) -> RunUsage:
        """What the runs outside the trash hold, by kind."""
        every = [held.usage for held in self.runs]
        return RunUsage(
            checkpoints=sum(each.checkpoints for each in every),
            training_state=sum(each.training_state for each in every),
            journal=sum(each.journal for each in every),
            predictions=sum(each.predictions for each in every),
            other=sum(each.other for each in every),
            staging=sum(each.staging for each in every),
        )

    @property
    def total(self) -> int:
        """All that the store and its folders hold."""
        orphans = sum(held.usage.total for held in self.orphans)
        return self.in_runs.total + self.to_free + orphans + self.backups + self.store


def take_stock(db: Database) -> DiskLedger:
    """Measure everything of a store. Raises StoreError."""
    path, seen = db.path, set[tuple[int, int]]()
    known = {run.id: run for run in plain_reading.outlines(db)}
    runs, trash, orphans = list[Held](), list[Held](), list[Held]()
    leftovers = not_needed = 0
    names, doomed = _look(path)
    for name in names:
        held = run_usage(path.run(name), seen)
        run = known.get(name)
        if run is None:
            orphans.append(Held(name, "", held))
            continue
        if run.status.is_finished and not run.trashed:
            leftovers += held.staging
            held = replace(held, staging=0)
        if run.status is RunStatus.FINISHED and not run.trashed:
            not_needed += held.training_state
        (trash if run.trashed else runs).append(Held(name, run.name, held))
    there = set(names)
    return DiskLedger(
        runs=_largest_first(runs),
        trash=_largest_first(trash) + tuple(_without_files(known, there)),
        orphans=_largest_first(orphans),
        missing=tuple(run.id for run in known.values() if run.attempt and not run.trashed and run.id not in there),
        leftovers=leftovers + sum(usage(place, seen) for place in doomed),
        not_needed=not_needed,
        backups=usage(path.backups, seen),
        store=sum(usage(each, seen) for each in (path.file, *path.companions)),
        free=shutil.disk_usage(path.file.parent).free,
    )


def _look(path: StorePath) -> tuple[list[str], list[Path]]:
    """Return the names of the run directories, and what is doomed; nothing of what cannot be read."""
    try:
        doomed = list(path.all_doomed().values())
        names = {entry.name for entry in os.scandir(path.runs) if entry.is_dir()} - {place.name for place in doomed}
    except OSError:
        return [], []
    return sorted(names), doomed


def _without_files(known: dict[str, Outline], there: set[str]) -> Iterator[Held]:
    """The runs in the trash that never had a directory, or have lost it."""
    return (Held(run.id, run.name, RunUsage()) for run in known.values() if run.trashed and run.id not in there)


def _largest_first(held: list[Held]) -> tuple[Held, ...]:
    return tuple(sorted(held, key=lambda each: -each.usage.total))
