"""Finished runs without what only a training that goes on needs: the states of optimizer, schedule and generators.

A finished run never goes on; those that may (stopped, failed, lost) keep everything. The manifest is written anew
before a file goes, so wherever this is killed the checkpoint is whole: it classifies and is evaluated as before.
Files that the manifest no longer names are removed the next time.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from bertft_tui.core import directories
from bertft_tui.core.checkpoint_folders import all_checkpoints
from bertft_tui.core.directories import Freed, Removed
from bertft_tui.core.errors import Problem, RefusedError
from bertft_tui.core.manifest import TRAINING_STATE, read_manifest, write_manifest
from bertft_tui.core.paths import RunDirectory, StorePath, is_run_id
from bertft_tui.core.scheduling.worker_handle import process_of
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import Outline
from bertft_tui.core.store.reserve import with_reserve
from bertft_tui.core.store.status import RunStatus


def refusal_to_slim(run: Outline) -> RefusedError | None:
    """Say why a run keeps its training state; None when it needs it no more."""
    if run.status is RunStatus.FINISHED:
        return None
    return RefusedError(
        "This run keeps its training state",
        f"{run.id} ({run.name}) is {run.status}: only a run that has finished never goes on.",
        "Delete and purge it to free all of it.",
    )


def slim(db: Database, runs: Iterable[Outline], freed: Freed = lambda count: None) -> Removed:
    """Remove the training state from the checkpoints of finished runs; the others are passed over."""
    total = Removed()
    for run in runs:
        if refusal_to_slim(run) is None and is_run_id(run.id):
            for checkpoint in _checkpoints(db.path.run(run.id)):
                removed = _slim_one(checkpoint, db.path, freed)
                total.bytes += removed.bytes
                total.stuck += removed.stuck
    return total


def _checkpoints(directory: RunDirectory) -> list[Path]:
    """The checkpoint folders of a run whose process is gone; none where a link leads elsewhere."""
    if any(path.is_symlink() or not path.is_dir() for path in (directory.path, directory.checkpoints)):
        return []
    if process_of(directory) is None:
        return all_checkpoints(directory.checkpoints)
    return []


def _slim_one(checkpoint: Path, path: StorePath, freed: Freed) -> Removed:
    """Take the training state out of a checkpoint's manifest, then off the disk. One without a manifest stays."""
    there = [checkpoint / name for name in sorted(TRAINING_STATE) if os.path.lexists(checkpoint / name)]
    if not there:
        return Removed()
    try:
        document = read_manifest(checkpoint)
        files = {name: entry for name, entry in document["files"].items() if name not in TRAINING_STATE}
        if len(files) < len(document["files"]):
            with_reserve(path, lambda: write_manifest(checkpoint, {**document, "files": files}))
    except (OSError, ValueError) as error:
        message = f"{checkpoint}: its manifest cannot be read or written ({error})."
        return Removed(
            stuck=[Problem("A checkpoint stays as it is", message, "It may be damaged, or the disk full.")]
        )
    total = Removed()
    for file in there:
        removed = directories.remove(file, freed)
        total.bytes += removed.bytes
        total.stuck += removed.stuck
    return total
