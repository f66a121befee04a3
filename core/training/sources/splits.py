"""Which split a file of rows belongs to, by its name.

A file says its split where one of the words train, training, test, testing, validation, valid, val, dev and eval
stands by itself in its stem (`reviews-train-00000-of-00002.parquet`), or else in the name of the nearest folder above
it; the split has the word as its name, in small letters. Two different words say nothing. A single file is `train`
whatever its name. In a folder, or an archive of several files, each other file is a split named by its stem, unless
there is only one split in all: then it is `train`. In a pattern all other files are `train` together, unless some
file says train or training of itself: then each is a split named by its stem, which is noted. Shards
(`-00000-of-00002`, `part-00000-…`) belong together.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from bertft_tui.core.errors import Problem
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.reading.files import DataFile

#: Words that are splits.
SPLITS = frozenset({"train", "training", "test", "testing", "validation", "valid", "val", "dev", "eval"})

TRAIN = "train"

_TRAINING = frozenset({TRAIN, "training"})

_ON_THE_WAY = frozenset({"validation", "valid", "val", "dev", "eval"})

_SHARD = re.compile(r"[-_]\d+-of-\d+$|(?<=part)-\d+.*$")

Splits = dict[str, list[DataFile]]


def split_word(name: str) -> str | None:
    """Return the one word in a name that is a split; None when there is none, or more than one."""
    words = set(re.findall(r"[a-z]+", name.lower())) & SPLITS
    return words.pop() if len(words) == 1 else None


def split_of(file: DataFile) -> str | None:
    """Return the split that a file, or else the nearest folder above it, says it is."""
    parts = reversed(PurePosixPath(file.stem).parts)
    return next((word for word in map(split_word, parts) if word), None)


def group_folder(files: Sequence[DataFile]) -> Splits:
    """Sort the files of a folder or an archive into splits."""
    splits = _grouped((split_of(file) or _SHARD.sub("", file.stem), file) for file in files)
    if len(splits) == 1 and split_of(files[0]) is None:
        return {TRAIN: list(files)}
    return splits


def group_pattern(files: Sequence[DataFile]) -> tuple[Splits, list[Problem]]:
    """Sort the files that a pattern fits into splits, and note which of them are not trained on unasked."""
    if not any(split_of(file) in _TRAINING for file in files):
        return _grouped((split_of(file) or TRAIN, file) for file in files), []
    nameless = [file.place for file in files if split_of(file) is None]
    note = Problem(
        "Some files are splits of their own",
        f"Beside files that say train in their names there are others: {listed(nameless)}.",
        "To train on them too, put the word train into their names.",
    )
    return group_folder(files), [note] if nameless else []


def in_order(splits: Iterable[str]) -> list[str]:
    """Put what one trains on first, then what one looks at on the way, then tests and all else."""
    return sorted(splits, key=lambda split: (0 if "train" in split else 1 if split in _ON_THE_WAY else 2, split))


def _grouped(pairs: Iterable[tuple[str, DataFile]]) -> Splits:
    splits: Splits = {}
    for split, file in pairs:
        splits.setdefault(split, []).append(file)
    return {split: splits[split] for split in in_order(splits)}
