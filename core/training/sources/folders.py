"""A class-per-folder corpus of .txt files, with or without split folders above the classes: `train/pos/0_9.txt`.

Files beside the class folders are not looked at. A folder named like one of texts without labels (`train/unsup`) is
left out when there are others, which is said in a note; its files are not read.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.notes import count
from bertft_tui.core.training.reading.arrays import text_array
from bertft_tui.core.training.reading.decoding import Decoder
from bertft_tui.core.training.reading.files import printable
from bertft_tui.core.training.sources.file_source import LazySource, note_folders
from bertft_tui.core.training.sources.raw import RawSplit
from bertft_tui.core.training.sources.splits import TRAIN, in_order, split_word

#: Folders of these names hold texts that nobody has labelled.
_UNLABELLED = frozenset({"unsup", "unsupervised", "unlabeled", "unlabelled"})


def class_folders(folder: Path) -> dict[str, list[Path]]:
    """Return the folders of .txt files below a folder, by split; empty when it is not of this kind."""
    children = _subfolders(folder)
    splits = {child: split_word(child.name) for child in children}
    found: dict[str, list[Path]] = {}
    for child, word in splits.items():
        if word and (classes := _classes(child)):
            found.setdefault(word, []).extend(classes)
    if found:
        return {split: found[split] for split in in_order(found)}
    classes = _classes(folder)
    return {TRAIN: classes} if classes else {}


def class_source(folder: Path, splits: Mapping[str, list[Path]], encoding: str | None) -> LazySource:
    """Make a source with the columns `text` and `label`; rows come in the order of folder, class and file name."""

    def read(split: str, notes: list[Problem]) -> RawSplit:
        decoder = Decoder(encoding)
        note_folders({path.parent.relative_to(folder).as_posix() for path in splits[split]}, notes)
        raw = _read_split(folder, _labelled(splits[split], folder, notes), decoder)
        notes += decoder.notes()
        return raw

    return LazySource(str(folder), tuple(splits), read)


def _subfolders(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if child.is_dir() and not child.name.startswith((".", "__")))


def _classes(folder: Path) -> list[Path]:
    return [child for child in _subfolders(folder) if next(_texts(child), None) is not None]


def _texts(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        yield from (entry.name for entry in entries if _is_text(entry.name) and entry.is_file())


def _is_text(name: str) -> bool:
    return name.lower().endswith(".txt") and not name.startswith(".")  # `._1.txt` is what a Mac keeps beside `1.txt`


def _labelled(classes: list[Path], corpus: Path, notes: list[Problem]) -> list[Path]:
    unlabelled = [folder for folder in classes if folder.name.lower() in _UNLABELLED]
    if len(unlabelled) == len(classes):
        return classes
    for folder in unlabelled:
        place, texts = folder.relative_to(corpus).as_posix(), count(sum(1 for _ in _texts(folder)), "text")
        notes.append(Problem("Texts without labels are left out", f"{place}: {texts}, none of them read."))
    return [folder for folder in classes if folder not in unlabelled]


def _read_split(corpus: Path, classes: list[Path], decoder: Decoder) -> RawSplit:
    texts: list[str] = []
    labels: list[str] = []
    places: list[str] = []
    for folder in classes:
        below = folder.relative_to(corpus).as_posix()
        for name in sorted(_texts(folder)):
            place = printable(f"{below}/{name}")
            texts.append(_read_text(folder / name, place, decoder))
            labels.append(folder.name)
            places.append(place)
    table = pa.table({"text": text_array(texts), "label": text_array(labels)})
    return RawSplit(table, places.__getitem__)


def _read_text(path: Path, place: str, decoder: Decoder) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        where = printable(str(path))
        raise DataError("A file cannot be read", f"{where}: {error.strerror or error}.", "Check the path.") from None
    return decoder.text(data, printable(str(path)), place)
