"""What the folder of checkpoints goes through while one is saved, state by state: each is what a kill there leaves.

As a script, `python watched_saving.py TICKET RUN_DIR PRESENT ABSENT` is the real worker, killed by SIGKILL as soon as
the one path is there, below the folder of checkpoints, and the other one is not.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training import worker
from bertft_tui.core.training.trainer import RunTrainer

State = frozenset[str]

#: The functions, not written in Python, after which a folder may have changed: of the system, safetensors, tokenizers
#: and torch.
_CHANGING = frozenset({"mkdir", "open", "fsync", "rename", "replace", "unlink", "rmdir"}) | {
    "serialize_file", "save", "write_end_of_file"
}  # fmt: skip


@contextmanager
def watched(folder: Path, act: Callable[[State], object]) -> Iterator[None]:
    """Call `act` with the paths in the folder whenever they have changed during a save, before they change again."""
    save = RunTrainer._save_checkpoint
    seen: State = frozenset()

    def look(frame: object, event: str, function: object) -> None:
        nonlocal seen
        changing = event == "c_return" and getattr(function, "__name__", "") in _CHANGING
        if changing and (state := _paths(folder)) != seen:
            seen = state
            act(state)

    def save_watched(self: RunTrainer, *arguments: Any) -> None:
        sys.setprofile(look)
        try:
            save(self, *arguments)
        finally:
            sys.setprofile(None)

    with patch.object(RunTrainer, "_save_checkpoint", save_watched):
        yield


def _paths(folder: Path) -> State:
    """The paths of all that is in a folder, as they are just now."""
    return frozenset(str(path.relative_to(folder)) for path in folder.rglob("*"))


def main(ticket: str, run: RunDirectory, present: str, absent: str) -> None:
    """Work until the state has come."""

    def end(state: State) -> None:
        if present in state and absent not in state:
            os.kill(os.getpid(), signal.SIGKILL)

    with watched(run.checkpoints, end):
        worker.main(run.path, ticket)


if __name__ == "__main__":
    main(sys.argv[1], RunDirectory(Path(sys.argv[2])), *sys.argv[3:])
