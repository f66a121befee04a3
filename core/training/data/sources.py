"""`data.dataset` into a source: the packaged corpus, a file, a pattern of files, or a folder."""

from collections.abc import Callable
from pathlib import Path

from bertft_tui.core.config import DataSection
from bertft_tui.core.errors import DataError
from bertft_tui.core.packaged import DEMO, demo_corpus_directory
from bertft_tui.core.training.data.file_source import files_source
from bertft_tui.core.training.data.folders import class_folders, class_source
from bertft_tui.core.training.data.raw import Source
from bertft_tui.core.training.data.splits import TRAIN, group_folder
from bertft_tui.core.training.reading.files import files_at


def open_source(data: DataSection, tell: Callable[[str], None] = lambda _: None) -> Source:
    """Find out what a config's data set is; its splits are read when they are asked for.

    `tell` gets a sentence when something takes long. Raises DataError when there is no such data.
    """
    path = demo_corpus_directory() if data.dataset == DEMO else Path(data.dataset).expanduser()
    if path.is_file():
        return files_source(str(path), {TRAIN: files_at(path, path.name)}, data.encoding)
    if path.is_dir():
        return _open_folder(path, data)
    raise DataError(
        "The data is not there",
        f"data.dataset is {data.dataset!r}; there is no such file or folder.",
        "Name a csv file, a folder of csv files, a folder with a folder per class, or `demo`.",
    )


def _open_folder(path: Path, data: DataSection) -> Source:
    splits = class_folders(path)
    if splits:
        return class_source(path, splits, data.encoding)
    files = [file for child in sorted(path.iterdir()) if child.is_file() for file in files_at(child, child.name)]
    if not files:
        raise DataError(
            "There is nothing to train on in this folder",
            f"{path} has neither csv files nor folders (one for each class) with .txt files.",
            "Check data.dataset.",
        )
    return files_source(str(path), group_folder(files), data.encoding)
