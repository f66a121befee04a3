"""A class-per-folder corpus of .txt files, with or without split folders above the classes."""

from pathlib import Path

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.data.decoding import Decoder
from bertft_tui.core.training.data.rows import Row, Source

#: Folder names that are splits when class folders stand below them.
SPLITS = frozenset({"train", "training", "test", "testing", "validation", "valid", "val", "dev", "eval"})


def read_class_folders(folder: Path, encoding: str | None) -> Source | None:
    """Read a folder whose sub-folders are classes (or splits of classes) of .txt files.

    Returns None when the folder is not of this kind. The rows of a split come in the order of class and file name.
    """
    decoder = Decoder(encoding)
    roots = _split_folders(folder)
    if not roots:
        return None
    splits = {name: _read_split(root, folder, decoder) for name, root in roots.items()}
    return Source(str(folder), splits, decoder.notes())


def _split_folders(folder: Path) -> dict[str, Path]:
    children = _subfolders(folder)
    splits = {child.name: child for child in children if child.name.lower() in SPLITS and _has_classes(child)}
    if splits:
        return splits
    return {"train": folder} if _has_classes(folder) else {}


def _subfolders(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if child.is_dir() and not child.name.startswith((".", "__")))


def _has_classes(folder: Path) -> bool:
    return any(next(child.glob("*.txt"), None) is not None for child in _subfolders(folder))


def _read_split(root: Path, corpus: Path, decoder: Decoder) -> list[Row]:
    rows: list[Row] = []
    for folder in _subfolders(root):
        for path in sorted(folder.glob("*.txt")):
            place = path.relative_to(corpus).as_posix()
            rows.append(Row(decoder.read(path, place), folder.name, place))
    if not rows:
        raise DataError("There are no texts", f"No class folder in {root} has a .txt file.", "Check data.dataset.")
    return rows
