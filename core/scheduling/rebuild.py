"""A store made again from the run directories and the newest whole backup. Nothing is overwritten."""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bertft_tui.core import locks
from bertft_tui.core.errors import Problem, RefusedError, StoreError
from bertft_tui.core.journal import Event, read_events
from bertft_tui.core.paths import RunDirectory, StorePath
from bertft_tui.core.scheduling.intake import BATCH, save_predictions, size_of
from bertft_tui.core.scheduling.remnants import Remnant, launched_attempt, remnants
from bertft_tui.core.store import commands, ledger, queries, restore
from bertft_tui.core.store.backup import back_up
from bertft_tui.core.store.connecting import sync_folder
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.intake import take_in
from bertft_tui.core.store.sentences import sentences
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.store.wholeness import fault_of, gather, newest_whole_backup
from bertft_tui.core.store.write_lock import WriteLock

_LOST = Problem(
    "The run was lost",
    "Its journal names no end, and no process holds its directory; the store was rebuilt from it.",
    "Resume it: it goes on from its newest whole checkpoint.",
)


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuilt store was made from. Runs by their ids."""

    file: Path
    fault: str  # what was wrong with the file before; empty when it was whole
    kept_aside: Path | None
    base: Path | None  # the backup, or the store itself when it was whole
    from_base: int
    added: tuple[str, ...]
    running: tuple[str, ...]
    lost: tuple[str, ...]
    waiting: tuple[str, ...]  # the queue is paused when there are any
    unreadable: tuple[str, ...]  # their directories, or what is in them, cannot be read: as the base knows them


def rebuild(path: StorePath, *, force: bool = False) -> Rebuilt:
    """Make the store again beside the old file, then let it take its place; the old file is kept.

    A store that is whole is its own base: then only what its directories know beyond it is added, when forced.

    Raises RefusedError while a scheduler is at work, for a store that is whole unless `force` is given, and when
    there is nothing to make it from; StoreError for another program's database, a newer schema, a full disk.
    """
    held = locks.hold(path.scheduler_lock) if path.file.parent.is_dir() else None
    if held is None:
        raise _occupied(path)
    with held, sentences(path), WriteLock(path.write_lock):
        fault = fault_of(path)
        if not fault and not force:
            raise RefusedError(
                "The store is whole",
                f"{path.file} needs no rebuilding.",
                "`doctor --rebuild --force` adds to it what only the run directories know.",
            )
        base = newest_whole_backup(path) if fault else path.file
        if base is None and not path.remains:
            raise RefusedError(
                "There is nothing to rebuild from",
                f"Beside {path.file} lie no run directories and no whole backup.",
                "Name the right store with --db.",
            )
        return _rebuild(path, fault, base)


def _occupied(path: StorePath) -> RefusedError | StoreError:
    pid = locks.holder(path.scheduler_lock)
    if pid is None:
        return StoreError("There is no such folder", f"{path.file.parent} does not exist.", "Check --db.")
    return RefusedError(
        "A scheduler is at work",
        f"Process {pid} holds {path.file}.",
        f"Wait until it has ended, or end it with `kill {pid}`: runs under way go on.",
    )


def _rebuild(path: StorePath, fault: str, base: Path | None) -> Rebuilt:
    shutil.rmtree(path.workshop, ignore_errors=True)
    path.workshop.mkdir(mode=0o700)
    made = StorePath(path.workshop / path.file.name)
    try:
        if base is not None:
            back_up(StorePath(base), made.file)
        with Database.open(made, daily_backup=False) as db:
            from_base = queries.count_runs(db)
            found, unreadable = remnants(path)
            added = _add_unknown(db, found)
            running, lost = _replay_all(db, path, unreadable)
            restore.close_requests(db)
            waiting = queries.queue_state(db).waiting
            if waiting:
                commands.pause_queue(db, "the store was rebuilt while runs were waiting")
        if left := fault_of(made):
            raise StoreError("The store could not be rebuilt", left, "Check the disk; nothing was changed.")
        if not fault:
            gather(path)  # the log goes first: who is killed then leaves a store that lacks nothing
        aside = _take_its_place(path, made)
    finally:
        shutil.rmtree(path.workshop, ignore_errors=True)
    left_out = tuple(sorted(unreadable))
    return Rebuilt(path.file, fault, aside, base, from_base, added, running, lost, waiting, left_out)


def _take_its_place(path: StorePath, made: StorePath) -> Path | None:
    """Put the new file where the old one was, at one stroke where hard links work; return where the old one is."""
    with made.file.open("rb") as file:
        os.fsync(file.fileno())
    aside = path.kept_aside(datetime.now())
    if path.file.exists():
        try:
            aside.hardlink_to(path.file)
        except OSError:
            path.file.rename(aside)
    for old in path.companions:
        if old.exists():
            old.rename(aside.with_name(aside.name + old.name.removeprefix(path.file.name)))
    made.file.replace(path.file)
    sync_folder(path.file.parent)
    return aside if aside.exists() else None


def _add_unknown(db: Database, found: list[Remnant]) -> tuple[str, ...]:
    """Make rows for the directories that the base does not know, the oldest first."""
    known = {job.id for job in ledger.jobs(db, *RunStatus)}
    unknown = [remnant for remnant in found if remnant.id not in known]
    for remnant in sorted(unknown, key=lambda each: each.about.created_at):
        restore.add_run(db, remnant.id, remnant.config, remnant.about)
    return tuple(remnant.id for remnant in unknown)


def _replay_all(db: Database, path: StorePath, unreadable: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Bring every journal in; return the runs that are at work, and those that were found without a process.

    What cannot be read is added to `unreadable`, and holds up no other run.
    """
    running: list[str] = []
    lost: list[str] = []
    for job in ledger.jobs(db, *RunStatus):
        try:
            _look_at(db, path.run(job.id), job, running, lost)
        except OSError:
            unreadable.add(job.id)
    return tuple(running), tuple(lost)


def _look_at(db: Database, directory: RunDirectory, job: ledger.Job, running: list[str], lost: list[str]) -> None:
    """Bring one journal in, and see whether the run is alive. Raises OSError for what cannot be read."""
    _replay(db, directory, job)
    if locks.holder(directory.lock) is not None:
        running.append(job.id)
        number = launched_attempt(directory)
        if number > ledger.job(db, job.key).attempt:
            restore.begin_attempt(db, job.key, number, directory.launch.stat().st_mtime, {})
    elif ledger.job(db, job.key).status.is_alive:
        restore.mark_lost(db, job.key, _LOST)
        lost.append(job.id)


def _replay(db: Database, directory: RunDirectory, job: ledger.Job) -> None:
    """Bring in what a journal says beyond the store, attempt by attempt."""
    attempt, batch = job.attempt, list[Event]()
    offset = job.journal_offset if size_of(directory) >= job.journal_offset else 0
    for event, behind in read_events(directory.events, offset):
        number = event.fields.get("number")
        if event.type == "attempt" and isinstance(number, int) and number > attempt:
            _take(db, directory, job.key, batch, offset)
            restore.begin_attempt(db, job.key, number, event.time, event.fields)
            attempt = number
        batch.append(event)
        offset = behind
        if len(batch) == BATCH:
            _take(db, directory, job.key, batch, offset)
    _take(db, directory, job.key, batch, offset)


def _take(db: Database, directory: RunDirectory, run_key: int, batch: list[Event], offset: int) -> None:
    """Write a batch of events and empty it."""
    for event in batch:
        if event.type == "predictions":
            save_predictions(db, directory, run_key, event)
    if batch:
        take_in(db, run_key, batch, offset)
        batch.clear()
