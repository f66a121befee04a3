"""`data.dataset` into a source: the packaged corpus, a csv file, a folder of them, or a folder per class."""

from pathlib import Path

from bertft_tui.core.config import DataSection
from bertft_tui.core.errors import DataError
from bertft_tui.core.packaged import DEMO, demo_corpus_directory
from bertft_tui.core.training.data.folders import read_class_folders
from bertft_tui.core.training.data.rows import Source, without_empty
from bertft_tui.core.training.notes import count, listed


def load_source(data: DataSection) -> Source:
    """Read the data set that a config names, leaving out rows without text or label. Raises DataError."""
    source = _read(data)
    for name, rows in source.splits.items():
        whole, empty = without_empty(rows)
        source.splits[name] = whole
        if empty:
            source.note(
                f"{count(len(empty), 'row')} left out",
                f"Without a text or without a label, in split {name!r}: {listed([row.place for row in empty])}.",
            )
    return source


def _read(data: DataSection) -> Source:
    path = demo_corpus_directory() if data.dataset == DEMO else Path(data.dataset).expanduser()
    if path.is_dir():
        return _read_folder(path, data)
    if path.is_file():
        from bertft_tui.core.training.data.csv_files import read_csv_file

        return read_csv_file(path, data)
    raise DataError(
        "The data is not there",
        f"data.dataset is {data.dataset!r}; there is no such file or folder.",
        "Name a csv file, a folder of csv files, a folder with a folder per class, or `demo`.",
    )


def _read_folder(path: Path, data: DataSection) -> Source:
    from bertft_tui.core.training.data.csv_files import read_csv_folder

    named = (path / f"{data.train_split}.csv").is_file()  # then folders beside it are something else
    source = None if named else read_class_folders(path, data.encoding)
    if source is not None:
        _refuse_columns(data)
        return source
    source = read_csv_folder(path, data)
    if source is None:
        raise DataError(
            "There is nothing to train on in this folder",
            f"{path} has neither csv files nor folders (one for each class) with .txt files.",
            "Check data.dataset.",
        )
    return source


def _refuse_columns(data: DataSection) -> None:
    if data.text_pair_column is not None:
        raise DataError(
            "This data has no columns",
            f"data.text_pair_column is {data.text_pair_column!r}, but {data.dataset} is a folder of texts.",
            "Leave it empty.",
        )
