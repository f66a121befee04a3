"""Folders that `Dataset.save_to_disk` and `DatasetDict.save_to_disk` wrote."""

import json
from pathlib import Path
from typing import Any

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.reading.joining import plain_table
from bertft_tui.core.training.reading.parquet_files import class_names_of
from bertft_tui.core.training.sources.file_source import LazySource
from bertft_tui.core.training.sources.raw import RawSplit
from bertft_tui.core.training.sources.splits import TRAIN

_DICT = "dataset_dict.json"


def is_saved(folder: Path) -> bool:
    """Say whether `save_to_disk` wrote this folder."""
    return (folder / _DICT).is_file() or all(
        (folder / name).is_file() for name in ("state.json", "dataset_info.json")
    )


def open_saved(folder: Path) -> LazySource:
    """Make a source of a saved data set, whose only split is `train` when it has none. Raises DataError."""
    folders = {TRAIN: folder}
    if (folder / _DICT).is_file():
        try:
            names = json.loads((folder / _DICT).read_text(encoding="utf-8"))["splits"]
            folders = {str(name): folder / str(name) for name in names}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _damaged(folder / _DICT, error) from None

    def read(split: str, notes: list[Problem]) -> RawSplit:
        return _read(folders[split], split if len(folders) > 1 else folder.name)

    return LazySource(str(folder), tuple(folders), read)


def _read(folder: Path, name: str) -> RawSplit:
    from datasets import Dataset

    try:
        return raw_split(Dataset.load_from_disk(str(folder)), name)
    except (OSError, ValueError, KeyError, TypeError) as error:  # whatever json, arrow or a missing file make of it
        raise _damaged(folder, error) from None


def raw_split(dataset: Any, name: str) -> RawSplit:
    """Return a data set of `datasets` as a split: its rows in its order, its classes' names."""
    table = plain_table(dataset.with_format("arrow")[:])
    return RawSplit(table, lambda row: f"row {row + 1} of {name}", class_names_of(dataset.features.to_dict()))


def _damaged(path: Path, error: Exception) -> DataError:
    if isinstance(error, PermissionError):
        return DataError("A file cannot be read", f"{path}: permission denied.", "Check who may read it.")
    reason = str(error).strip().splitlines()
    return DataError(
        "A saved data set is damaged",
        f"{path}: {reason[0].rstrip('.') if reason else type(error).__name__}.",
        "Save it again with save_to_disk, or name its files.",
    )
