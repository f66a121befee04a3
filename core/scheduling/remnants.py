"""What a run's directory says of its run, for a store that does not know it."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bertft_tui.core.config_file import read_begun
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.hub_environment import only_known
from bertft_tui.core.paths import RunDirectory, StorePath, is_run_id
from bertft_tui.core.run_names import default_name
from bertft_tui.core.store.ledger import About
from bertft_tui.core.store.soundness import read_config as read_stored


@dataclass(frozen=True)
class Remnant:
    """A run as its directory tells it."""

    id: str
    config: dict[str, Any]
    about: About


def remnants(path: StorePath) -> tuple[list[Remnant], set[str]]:
    """Read the directories beside a store; return the runs, and the ids of directories that cannot be read.

    One without settings and without a journal is no run's.
    """
    found, unreadable = [], set()
    for folder in sorted(path.runs.iterdir()) if path.runs.is_dir() else []:
        directory = RunDirectory(folder)
        if not is_run_id(folder.name):
            continue  # such as what a killed purge has left
        try:
            if any(file.is_file() for file in (directory.config, directory.events, directory.packed_events)):
                config = _config(directory)
                found.append(Remnant(directory.id, config, _about(directory, config)))
        except OSError:
            unreadable.add(directory.id)
    return found, unreadable


def launched_attempt(directory: RunDirectory) -> int:
    """Return the number of the attempt that was started last; 0 when that cannot be told."""
    number = _document(directory.launch).get("attempt")
    return number if isinstance(number, int) else 0


def _config(directory: RunDirectory) -> dict[str, Any]:
    """Return the settings as they stand there; the store shows those that this version does not know as such."""
    try:
        return read_begun(directory.config).model_dump(mode="json")
    except ConfigError as error:
        try:
            found = tomllib.loads(directory.config.read_text(encoding="utf-8"))
            json.dumps(found)
        except (OSError, ValueError, TypeError, RecursionError):
            return {"config.toml": error.problem.message}
        return found


def _about(directory: RunDirectory, config: dict[str, Any]) -> About:
    said = _document(directory.launched)

    def text(name: str) -> str | None:
        value = said.get(name)
        return value if isinstance(value, str) and value.strip() else None

    created_at, hub = said.get("created_at"), said.get("hub_environment")
    return About(
        name=text("name") or default_name(read_stored(config)[0]),
        created_at=float(created_at) if isinstance(created_at, int | float) else _oldest(directory),
        experiment=text("experiment"),
        parent=text("parent"),
        change_note=text("change_note"),
        hub_environment=only_known(hub if isinstance(hub, dict) else None),
    )


def _oldest(directory: RunDirectory) -> float:
    """The time of the oldest file that the run has."""
    return min(file.lstat().st_mtime for file in (directory.path, *directory.path.iterdir()))


def _document(file: Path) -> dict[str, Any]:
    """Read a small JSON file of ours; empty when it is missing or no table."""
    try:
        found = json.loads(file.read_bytes()[:1_000_000])
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
