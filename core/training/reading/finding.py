"""Finding files of rows: those that a pattern fits, those in a folder."""

import os
from pathlib import Path

from bertft_tui.core.errors import DataError
from bertft_tui.core.local_names import is_pattern
from bertft_tui.core.training.reading.files import DataFile, files_at

#: A folder with more entries below it is no data set; home folders and whole disks are.
_MOST_ENTRIES = 100_000

#: Files of `datasets` and of the Hub that stand beside data, never rows.
_NOT_ROWS = frozenset({"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "config.json"})


def matching_files(pattern: Path) -> list[DataFile]:
    """Return the files of rows that a pattern fits, each once, in the order of their names. Raises DataError.

    Folders that are there are meant themselves, even where brackets in their names make patterns of them. Names that
    begin with a dot, such as macOS's `._x.csv`, fit only where the pattern has a part that does.
    """
    try:
        fixed = _until_pattern(pattern)
        below = str(pattern.relative_to(fixed))
        paths = sorted(fixed.glob(f"{below}/*" if below.endswith("**") else below))
    except (ValueError, NotImplementedError, OSError) as error:
        raise DataError(
            "This is not a pattern of files", f"{pattern}: {error}.", "For example: data/*.csv."
        ) from None
    if not _has_dot_name(Path(below)):
        paths = [path for path in paths if not _has_dot_name(path.relative_to(fixed))]
    unique = {path.resolve(): path for path in reversed(paths) if path.is_file()}
    return [file for path in sorted(unique.values()) for file in files_at(path, path.relative_to(fixed).as_posix())]


def _until_pattern(pattern: Path) -> Path:
    """Return the folders above the first part that is a pattern and no folder."""
    fixed = Path()
    for part in pattern.parts:
        if is_pattern(part) and not (fixed / part).is_dir():
            break
        fixed /= part
    return fixed


def _has_dot_name(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def folder_files(folder: Path) -> list[DataFile]:
    """Return the files of rows that lie in a folder itself, in the order of their names. Raises DataError."""
    return [file for path in _entries(folder) if path.is_file() for file in _rows_at(path, folder)]


def files_below(folder: Path) -> list[DataFile]:
    """Return the files of rows at any depth below a folder. Raises DataError when there is no end to it."""
    found: list[DataFile] = []
    entries, seen = 0, set()
    for root, folders, names in os.walk(folder, onerror=_raise, followlinks=True):
        identity = os.path.realpath(root)
        if identity in seen:  # a link that leads back
            folders.clear()
            continue
        seen.add(identity)
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        entries += len(names) + len(folders)
        if entries > _MOST_ENTRIES:
            raise DataError(
                "This folder has too many files",
                f"There are more than {_MOST_ENTRIES:,} files and folders below {folder}.",
                "Name the folder that holds the data, or a pattern of its files.",
            )
        paths = (Path(root) / name for name in sorted(names) if not _is_hidden(name))
        found += [file for path in paths if path.is_file() for file in _rows_at(path, folder)]
    return found


def _raise(error: OSError) -> None:
    raise error


def _rows_at(path: Path, folder: Path) -> list[DataFile]:
    return [] if path.name in _NOT_ROWS else files_at(path, path.relative_to(folder).as_posix())


def _entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not _is_hidden(path.name))


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "__"))
