"""The folders of checkpoints, by their names: `checkpoint-STEP`."""

from pathlib import Path

PREFIX = "checkpoint-"


def step_of(folder: Path) -> int:
    """Return the step in a checkpoint's name."""
    return int(folder.name.removeprefix(PREFIX))


def folder_name(step: int) -> str:
    """Return the name of a step's checkpoint."""
    return f"{PREFIX}{step}"


def all_checkpoints(folder: Path) -> list[Path]:
    """Return the checkpoint folders, oldest step first, whole or not; a link to somewhere else is none."""
    found = [
        path
        for path in folder.glob(PREFIX + "*")
        if path.name.removeprefix(PREFIX).isdecimal() and not path.is_symlink()
    ]
    return sorted(found, key=step_of)
