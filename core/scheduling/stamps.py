"""Whether the files that a config names are still those that were looked at."""

import os
from contextlib import suppress
from itertools import islice
from pathlib import Path

from bertft_tui.core.config import RunConfig
from bertft_tui.core.local_names import expanded, is_pattern

#: Files of a folder or pattern that count; larger ones are rarely changed in between.
_MOST = 5_000


def stamp_of(config: RunConfig) -> str:
    """Return a text that is another when files of the data set or model were changed; empty for the Hub's names."""
    return "|".join(_stamp(name) for name in (config.data.dataset, config.model.name_or_path))


def _stamp(name: str) -> str:
    path = expanded(name)
    if is_pattern(name):
        folder = Path(*[part for part in path.parts if not is_pattern(part)][:1])
        with suppress(OSError, ValueError, NotImplementedError):
            below = str(path.relative_to(folder)) if path.is_absolute() else str(path)
            return _of_files(islice((folder if path.is_absolute() else Path()).glob(below), _MOST))
        return ""
    with suppress(OSError):
        if path.is_dir():
            walked = (Path(root, each) for root, _, files in os.walk(path) for each in files)
            return _of_files(islice(walked, _MOST))
        return _of_files([path])
    return ""


def _of_files(paths: "islice[Path] | list[Path]") -> str:
    """The newest change, the number of files and their bytes together."""
    newest = count = size = 0
    for path in paths:
        with suppress(OSError):
            found = path.stat()
            newest, count, size = max(newest, found.st_mtime_ns, found.st_ctime_ns), count + 1, size + found.st_size
    return f"{newest},{count},{size}" if count else ""
