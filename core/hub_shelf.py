"""What the Hub's caches on this machine hold, read from their folders: none of the Hub's libraries is loaded.

`models--OWNER--NAME/snapshots/COMMIT/…` and `datasets--OWNER--NAME/…` are the Hub's own cache;
`OWNER___NAME/CONFIG/VERSION/COMMIT/dataset_info.json` is what `datasets` has prepared.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bertft_tui.core import hub_environment
from bertft_tui.core.data_files import format_of

COMMIT = re.compile(r"[0-9a-f]{40}")

#: The end of a configuration's name in the cache when it was prepared with options: their hash, or themselves.
OWN_OPTIONS = re.compile(r"-([0-9a-f]{16}|\w+=.*)$")


@dataclass(frozen=True)
class Held:
    """A model or data set that a cache holds. `bytes`: on the disk, 0 where nobody has counted."""

    name: str
    bytes: int = 0


def hub_folder() -> Path:
    """The Hub's own cache."""
    return Path(hub_environment.of_this_process()["HF_HUB_CACHE"])


def datasets_folder() -> Path:
    """What `datasets` has prepared."""
    here = hub_environment.of_this_process()
    return Path(here.get("HF_DATASETS_CACHE") or Path(here["HF_HOME"]) / "datasets")


def held_models() -> list[Held]:
    """The models with config and weights in the Hub's cache, sorted by name."""
    return [
        Held(_name(folder), _size(folder / "blobs"))
        for folder in _folders(hub_folder(), "models--")
        if {"config.json"} & (names := {path.name for path in _files(folder)})
        and any(name.endswith((".safetensors", ".bin")) for name in names)
    ]


def held_datasets() -> list[Held]:
    """The data sets that one of the caches holds, sorted by name."""
    downloaded = {each.name: each for each in downloaded_datasets(hub_folder())}
    prepared = {name: Held(name) for name in prepared_names(datasets_folder())}
    return sorted((prepared | downloaded).values(), key=lambda each: each.name)


def downloaded_datasets(hub: Path) -> list[Held]:
    """The data sets whose files of rows lie in a Hub's cache."""
    return [
        Held(_name(folder), _size(folder / "blobs"))
        for folder in _folders(hub, "datasets--")
        if any(format_of(path.name) is not None for path in _files(folder))
    ]


def prepared_names(folder: Path) -> list[str]:
    """The names of the data sets of the Hub that `datasets` has prepared as they are."""
    names = set()
    with suppress(OSError):
        for path in folder.glob("*/*/*/*/dataset_info.json"):
            name, config, commit = path.parts[-5], path.parts[-4], path.parts[-2]
            if COMMIT.fullmatch(commit) and not (COMMIT.fullmatch(name) or OWN_OPTIONS.search(config)):
                names.add(name.replace("___", "/", 1))
    return sorted(names)


def _folders(hub: Path, kind: str) -> list[Path]:
    with suppress(OSError):
        return sorted(path for path in hub.glob(f"{kind}*") if path.is_dir())
    return []


def _name(folder: Path) -> str:
    return folder.name.partition("--")[2].replace("--", "/", 1)


def _files(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from folder.glob("snapshots/*/**/*")


def _size(folder: Path) -> int:
    with suppress(OSError), os.scandir(folder) as entries:
        return sum(entry.stat().st_size for entry in entries if entry.is_file())
    return 0
