"""A folder into a source: one that `save_to_disk` wrote, files of rows, or a folder of texts for each class."""

from collections.abc import Sequence
from pathlib import Path

from bertft_tui.core.errors import DataError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.reading.files import KINDS, DataFile
from bertft_tui.core.training.reading.finding import files_below, folder_files
from bertft_tui.core.training.sources.file_source import LazySource, encoding_unused, files_source
from bertft_tui.core.training.sources.folders import class_folders, class_source
from bertft_tui.core.training.sources.one_format import of_one_format
from bertft_tui.core.training.sources.saved_folders import is_saved, open_saved
from bertft_tui.core.training.sources.splits import group_folder, split_of


def open_folder(folder: Path, data: DataSection) -> LazySource:
    """Find out what a folder holds.

    Files of rows in the folder itself come first when one of them says a split, or is named like `data.train_split`;
    then folders of texts, when there are two classes or no file of rows; then the folder's own files of rows, and if
    there are none, those below it. Raises DataError when there is nothing of all this.
    """
    try:
        return _open(folder, data)
    except OSError as error:
        raise DataError(
            "A folder cannot be read", f"{error.filename}: {error.strerror or error}.", "Check who may read it."
        ) from None


def _open(folder: Path, data: DataSection) -> LazySource:
    if is_saved(folder):
        saved = open_saved(folder)
        saved.notes += [encoding_unused(str(folder))] if data.encoding else []
        return saved
    files = folder_files(folder)
    if not any(split_of(file) or file.stem == data.train_split for file in files):
        texts = class_folders(folder)
        if any(len(classes) > 1 or not files for classes in texts.values()):
            return class_source(folder, texts, data.encoding)
        below = files_below(folder)
        if not files or any(map(split_of, below)):
            files = below
    if not files:
        raise DataError(
            "There is nothing to train on in this folder",
            f"{folder} has neither files of rows nor folders (one for each class) with .txt files.",
            f"{KINDS}.",
        )
    return folder_source(files, str(folder), data.encoding)


def folder_source(files: Sequence[DataFile], name: str, encoding: str | None) -> LazySource:
    """Make a source of the files of a folder or of an archive, sorted into splits. Raises DataError."""
    chosen, notes = of_one_format(files, name)
    return files_source(name, group_folder(chosen), encoding, notes)
