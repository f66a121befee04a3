"""Purging: a run in the trash, gone for good, and its disk space with it.

The order, and what is true when the process is killed at each step:

1. Within one transaction of the store, and thus while nobody can restore the run: its directory is renamed to a
   doomed name beside it, and the rename is synced. From here on the purge is decided: `take_out` refuses a run whose
   directory is doomed. Killed here, the rows stand (nothing was committed) beside a doomed directory that is whole.
2. The same transaction deletes all rows of the run. Killed after it, there is a doomed directory without a row.
3. The files are removed, then the doomed directory. Killed here, a part of it is left.

`sweep` finishes all three: it deletes the rows, if any, of whatever is doomed, and then the files. Whoever purges
sweeps first, and a scheduler does before it goes. So a row never stays behind whose files are gone, and no directory
stays under a run's name that a rebuilt store would take in again.

On a full disk the transaction itself may find no room for its journal. Then the files go first, which makes room,
and the rows after them: the doomed name, kept to the end, says in the meantime what is to become of the rows.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bertft_tui.core import directories
from bertft_tui.core.directories import Freed, Removed
from bertft_tui.core.errors import BertftError, Problem, RefusedError, StoreError, UnknownRunError
from bertft_tui.core.paths import is_run_id
from bertft_tui.core.scheduling.worker_handle import process_of
from bertft_tui.core.store import queries, trash
from bertft_tui.core.store.connecting import sync_folder
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.reserve import keep_reserve


@dataclass(frozen=True)
class Purged:
    """What a purge came to."""

    runs: tuple[str, ...] = ()  # the ids that are gone
    bytes: int = 0  # that the disk got back
    gone: tuple[str, ...] = ()  # the ids that somebody else purged meanwhile
    problems: tuple[Problem, ...] = ()  # what could not be purged or removed, and why


def purge(db: Database, run_ids: Sequence[str], freed: Freed = lambda count: None) -> Purged:
    """Delete runs in the trash, rows and files; finish what killed purges left.

    What cannot be purged is among the problems, and the others go on. `freed` hears how many bytes were freed, often.
    """
    swept = sweep(db, freed)
    runs, gone, problems, count = [], [], list(swept.stuck), swept.bytes
    for run_id in run_ids:
        try:
            removed = _purge_one(db, run_id, freed)
        except UnknownRunError:
            gone.append(run_id)
        except BertftError as error:
            problems.append(error.problem)
        else:
            runs.append(run_id)
            count += removed.bytes
            problems += removed.stuck
    keep_reserve(db.path)  # it may have been given up for this
    return Purged(tuple(runs), count, tuple(gone), tuple(problems))


def sweep(db: Database, freed: Freed = lambda count: None) -> Removed:
    """Finish killed purges, and remove half-written checkpoints of runs that have ended."""
    total = Removed()
    try:
        doomed = db.path.all_doomed()
        names = [entry.name for entry in os.scandir(db.path.runs)] if db.path.runs.is_dir() else []
    except OSError as error:
        total.stuck.append(_unreadable(db.path.runs, error))
        return total
    for name, place in doomed.items():
        _add(total, _finish_doomed(db, name, place, freed))
    for name in filter(is_run_id, names):
        _add(total, _drop_staging(db, name, freed))
    return total


def _purge_one(db: Database, run_id: str, freed: Freed) -> Removed:
    """Purge one run. Raises UnknownRunError, RefusedError, BertftError."""
    if not is_run_id(run_id):
        raise RefusedError("This run cannot be purged", f"{run_id!r} is no id of ours: it names no directory.", "")
    directory, doomed = db.path.run(run_id), db.path.doomed(run_id)
    if (pid := process_of(directory)) is not None:
        raise RefusedError(
            "This run cannot be purged yet", f"Process {pid} of {run_id} is on its way out.", "Try again in a moment."
        )
    return _finish(db, run_id, doomed, lambda: _doom(directory.path, doomed), freed)


def _finish(db: Database, run_id: str, doomed: Path, doom: Callable[[], None], freed: Freed) -> Removed:
    """Delete the rows of a run in the trash, then what is doomed. Raises as `_purge_one` does."""
    removed = Removed()
    try:
        trash.forget(db, run_id, doom)
    except StoreError:
        if not (os.path.lexists(doomed) and queries.get_run(db, run_id).trashed_at is not None):
            raise  # nothing was decided: all is as it was
        removed = directories.remove(doomed, freed, keep=True)
        trash.forget(db, run_id, lambda: None)
    _add(removed, directories.remove(doomed, freed))
    return removed


def _finish_doomed(db: Database, name: str, doomed: Path, freed: Freed) -> Removed:
    """Finish what a killed purge left."""
    try:
        if is_run_id(name):
            return _finish(db, name, doomed, lambda: None, freed)
    except UnknownRunError:
        pass  # its rows went before
    except RefusedError:
        return _bring_back(db.path.run(name).path, doomed)
    except BertftError as error:
        return Removed(stuck=[error.problem])
    return directories.remove(doomed, freed)


def _bring_back(directory: Path, doomed: Path) -> Removed:
    """Give a run that is not in the trash its directory back: it came back with an older copy of the store."""
    try:
        doomed.rename(directory)
    except OSError as error:
        return Removed(stuck=[_unreadable(doomed, error)])
    return Removed()


def _doom(directory: Path, doomed: Path) -> None:
    """Rename a run's directory, or the link that stands in its place. One that is not there is no obstacle."""
    if not os.path.lexists(directory):
        return
    try:
        directory.rename(doomed)
        sync_folder(directory.parent)  # before the transaction that counts on it
    except OSError as error:
        if not os.path.lexists(directory):
            doomed.rename(directory)  # renamed, but the disk does not say that it has it: nothing is decided
        raise BertftError(
            "This run cannot be purged",
            f"{directory} could not be renamed: {error.strerror}.",
            "Check who may write to the folder; nothing was removed.",
        ) from error


def _drop_staging(db: Database, run_id: str, freed: Freed) -> Removed:
    """Remove what a killed process left in the staging folder; renamed first, while no other attempt can begin."""
    directory = db.path.run(run_id)
    doomed = db.path.doomed(run_id + directory.staging.name)
    if directory.path.is_symlink() or directory.checkpoints.is_symlink() or not directory.staging.is_dir():
        return Removed()
    try:
        with trash.at_rest(db, run_id) as ended:
            if not ended or process_of(directory) is not None:
                return Removed()
            _doom(directory.staging, doomed)
    except UnknownRunError:
        return Removed()
    except BertftError as error:
        return Removed(stuck=[error.problem])
    return directories.remove(doomed, freed)


def _unreadable(folder: Path, error: OSError) -> Problem:
    return Problem("This folder cannot be used", f"{folder}: {error.strerror}.", "Check its permissions.")


def _add(total: Removed, more: Removed) -> None:
    total.bytes += more.bytes
    total.stuck += more.stuck
