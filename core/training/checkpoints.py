"""Checkpoints that are whole or not there: a manifest of sizes and hashes comes last, then the rename."""

import hashlib
import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bertft_tui.core import manifest
from bertft_tui.core.checkpoint_folders import PREFIX, all_checkpoints, step_of
from bertft_tui.core.manifest import MANIFEST, read_manifest

#: What the stock checkpoint forgets: losses since the last logged step, the time spent so far, what `auto` became.
PROGRESS = "progress.json"

#: What `auto` was on a processor in versions that did not note it.
_BEFORE = {"device": "cpu", "precision": "fp32", "attention_dropout": None, "padding": "dynamic"}

#: What a training goes on from, beside the weights. Without one of them it would silently begin afresh.
_RESUMED = frozenset({"trainer_state.json", "optimizer.pt", "scheduler.pt", "rng_state.pth", PROGRESS})

#: The suffix of weights that run no code.
_WEIGHTS = ".safetensors"

_ASIDE = ".old"


@dataclass(frozen=True)
class Found:
    """The newest checkpoint that a training can go on from, and the newer ones that are damaged."""

    newest: Path | None
    damaged: tuple[str, ...]  # names, newest first


def read_progress(checkpoint: Path) -> dict[str, Any]:
    """Return what the stock checkpoint forgets, of one that is whole."""
    found: dict[str, Any] = json.loads((checkpoint / PROGRESS).read_text(encoding="utf-8"))
    return found


def choices_of(checkpoint: Path | None) -> dict[str, Any]:
    """Return what a training made of settings that are `auto`, and goes on with; nothing without a checkpoint."""
    if checkpoint is None:
        return {}
    try:
        found: dict[str, Any] = read_progress(checkpoint).get("choices", _BEFORE)
    except (OSError, ValueError):  # one that is kept to predict with has all else that it needs
        return _BEFORE
    return found


def write_manifest(checkpoint: Path) -> int:
    """Describe and fsync every file, then write the manifest; return the checkpoint's size in bytes."""
    files = {path.name: _describe(path, sync=True) for path in sorted(checkpoint.iterdir()) if path.name != MANIFEST}
    manifest.write_manifest(checkpoint, {"step": step_of(checkpoint), "files": files})
    return sum(int(entry["bytes"]) for entry in files.values())


def is_whole(checkpoint: Path, only: str | None = None) -> bool:
    """Whether the manifest is there and every file, none of them a link, is as it says; or `only` one of them."""
    try:
        files = read_manifest(checkpoint)["files"]
        files = files if only is None else {only: files[only]}
        if checkpoint.is_symlink() or any(_is_elsewhere(checkpoint, name) for name in files):
            return False
        return all(_describe(checkpoint / name) == entry for name, entry in files.items())
    except (OSError, ValueError, KeyError):
        return False


def _is_elsewhere(checkpoint: Path, name: str) -> bool:
    """Whether a name in a manifest means a file outside the checkpoint."""
    return Path(name).name != name or (checkpoint / name).is_symlink()


def is_resumable(checkpoint: Path) -> bool:
    """Whether it is whole and has all that a training goes on from; the manifest of another writer may lack some."""
    if not is_whole(checkpoint):
        return False
    files = set(read_manifest(checkpoint)["files"])
    return files >= _RESUMED and any(name.endswith(_WEIGHTS) for name in files)


def find(folder: Path) -> Found:
    """Look for the newest checkpoint to go on from; one that made room when its worker was killed counts again."""
    for aside in folder.glob(f".{PREFIX}*{_ASIDE}"):
        place = folder / aside.name.removeprefix(".").removesuffix(_ASIDE)
        if place.exists():
            discard(aside)
        else:
            aside.rename(place)
    damaged: list[str] = []
    for checkpoint in reversed(all_checkpoints(folder)):
        if is_resumable(checkpoint):
            return Found(checkpoint, tuple(damaged))
        damaged.append(checkpoint.name)
    return Found(None, tuple(damaged))


def publish(staged: Path, folder: Path) -> Path:
    """Move a whole checkpoint from the staging folder to its place; one of the same step makes room first."""
    target, aside = folder / staged.name, folder / f".{staged.name}{_ASIDE}"
    if aside.exists():
        discard(aside)
    if target.exists():
        target.rename(aside)
    try:
        staged.rename(target)
    except OSError:
        if aside.exists():
            aside.rename(target)
        raise
    if aside.exists():
        discard(aside)
    return target


def keep_only(folder: Path, steps: set[int]) -> None:
    """Delete every checkpoint but those of the given steps; one that cannot be deleted stays until the next time."""
    for checkpoint in all_checkpoints(folder):
        if step_of(checkpoint) not in steps:
            with suppress(OSError):
                discard(checkpoint)


def discard(checkpoint: Path) -> None:
    """Delete a checkpoint, its manifest first: half deleted, it is not whole. Of a link only the link goes."""
    if checkpoint.is_symlink():
        checkpoint.unlink()
        return
    (checkpoint / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(checkpoint)


def _describe(path: Path, *, sync: bool = False) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if sync:
            os.fsync(file.fileno())
    return {"bytes": path.stat().st_size, "sha256": digest}
