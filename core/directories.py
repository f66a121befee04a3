"""Directories on the disk: what they hold, and their removal. No link is ever followed.

Sizes are what the disk gives (blocks, not lengths): a sparse file is small, and a file with two names counts once.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bertft_tui.core.errors import Problem
from bertft_tui.core.manifest import TRAINING_STATE
from bertft_tui.core.paths import RunDirectory

#: The unit of `st_blocks`, whatever the file system's own blocks are.
_BLOCK = 512

#: Hears how many more bytes were freed.
Freed = Callable[[int], None]


@dataclass
class Removed:
    """What a removal came to."""

    bytes: int = 0
    stuck: list[Problem] = field(default_factory=list)  # one for each file or folder that could not be removed


@dataclass(frozen=True)
class RunUsage:
    """What one run's directory holds, in bytes."""

    checkpoints: int = 0  # but for the training state
    training_state: int = 0  # of the optimizer and the like, in checkpoints
    journal: int = 0  # with the log
    predictions: int = 0
    other: int = 0
    staging: int = 0  # checkpoints that were being written when their process was killed

    @property
    def total(self) -> int:
        """All of it."""
        return sum((self.checkpoints, self.training_state, self.journal, self.predictions, self.other, self.staging))


def usage(path: Path, seen: set[tuple[int, int]] | None = None) -> int:
    """Return the bytes that a file or folder holds; 0 when it is not there.

    `seen` remembers files with several names over more than one call.
    """
    seen = set() if seen is None else seen
    return sum(_own(found, seen) for _, found in _walk(path))


def run_usage(directory: RunDirectory, seen: set[tuple[int, int]] | None = None) -> RunUsage:
    """Return what a run's directory holds, by kind; all 0 when it is not there."""
    seen = set() if seen is None else seen
    kinds = dict.fromkeys((directory.events, directory.packed_events, directory.log), "journal")
    kinds[directory.predictions] = "predictions"
    held = dict.fromkeys(("checkpoints", "training_state", "journal", "predictions", "other", "staging"), 0)
    root, checkpoints, staging = (str(path) for path in (directory.path, directory.checkpoints, directory.staging))
    by_name = {str(path): kind for path, kind in kinds.items()}
    for path, found in _walk(root):
        if path == staging or path.startswith(staging + os.sep):
            kind = "staging"
        elif path == checkpoints or path.startswith(checkpoints + os.sep):
            kind = "training_state" if os.path.basename(path) in TRAINING_STATE else "checkpoints"  # noqa: PTH119
        else:
            kind = by_name.get(path, "other")
        held[kind] += _own(found, seen)
    return RunUsage(**held)


def remove(path: Path, freed: Freed = lambda count: None, *, keep: bool = False) -> Removed:
    """Remove a file, a link or a whole folder, and go on past what cannot be removed.

    What vanishes meanwhile is passed over: somebody else removes it too. A link goes, what it leads to stays.
    `keep`: only what is in the folder goes.
    """
    removed = Removed()
    for each, _ in reversed(list(_walk(path))):  # a folder stands before what it holds
        if keep and each == str(path):
            continue
        try:
            count = _remove_one(each)
        except FileNotFoundError:
            continue
        except OSError as error:
            if not any(problem.message.startswith(each + os.sep) for problem in removed.stuck):
                removed.stuck.append(_stuck(each, error))
            continue
        removed.bytes += count
        freed(count)
    return removed


def _remove_one(path: str) -> int:
    """Remove a file, a link or an empty folder; return the bytes that this frees. Raises OSError."""
    found = os.lstat(path)
    if stat.S_ISDIR(found.st_mode):
        os.rmdir(path)  # noqa: PTH106 - paths are plain text here, which is three times as fast
        return found.st_blocks * _BLOCK
    os.unlink(path)  # noqa: PTH108 - see above
    return found.st_blocks * _BLOCK if found.st_nlink == 1 else 0  # else they live on under another name


def _stuck(path: str, error: OSError) -> Problem:
    return Problem(
        "This could not be removed", f"{path}: {error.strerror or error}.", "Remove it by hand, or purge again later."
    )


def _walk(path: Path | str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield a path and all below it, each folder before what it holds; links as links. What vanishes is left out."""
    todo = [str(path)]
    while todo:
        each = todo.pop()
        with suppress(OSError):
            found = os.lstat(each)
            yield each, found
            if stat.S_ISDIR(found.st_mode):
                with os.scandir(each) as entries:
                    todo += [entry.path for entry in entries]


def _own(found: os.stat_result, seen: set[tuple[int, int]]) -> int:
    """The bytes of one file, unless it was counted under another name."""
    if found.st_nlink > 1 and not stat.S_ISDIR(found.st_mode):
        if (found.st_dev, found.st_ino) in seen:
            return 0
        seen.add((found.st_dev, found.st_ino))
    return found.st_blocks * _BLOCK
