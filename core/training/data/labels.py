"""Labels as they are written: which different ones a column has, their order, and spellings that clash.

Blanks around a label are no part of it, equal letters in two Unicode forms are one letter, and whole numbers are
written without a point: `1.0` is `1`.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.data.cells import kind_of, to_numpy
from bertft_tui.core.training.notes import count

_INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
_WHOLE = re.compile(r"([+-]?[0-9]{1,400})(\.0*)?")
_REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

#: What Arrow writes for the odd ones among typed numbers.
_REALS = {"nan": "", "-nan": "", "-0": "0"}


@dataclass(frozen=True)
class Words:
    """The different labels of n cells, and which of them each cell holds."""

    names: tuple[str, ...]
    codes: NDArray[np.int64]  # n; −1: none

    def counts(self) -> NDArray[np.int64]:
        """How many cells hold each label."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.names))


def read_words(cells: pa.ChunkedArray) -> Words:
    """Read the cells of a plain column as labels, in the order in which they come."""
    kind = kind_of(cells)
    if kind == "text":
        cells = pc.utf8_normalize(pc.utf8_trim_whitespace(cells), "NFC")
    encoded = cells.dictionary_encode().combine_chunks()
    written = encoded.dictionary.cast(pa.large_string()).to_pylist()
    if kind == "real":
        written = [_REALS.get(word, word.removesuffix(".0")) for word in written]
    elif all(_WHOLE.fullmatch(word) for word in written if word):
        written = [whole_name(word) for word in written]
    order: dict[str, int] = {}
    lookup = [order.setdefault(word, len(order)) if word else -1 for word in written]
    codes = to_numpy(encoded.indices.fill_null(-1)).astype(np.int64)
    return Words(tuple(order), np.array([*lookup, -1], np.int64)[codes])  # code −1 finds the −1 at the end


def read_ids(cells: pa.ChunkedArray, names: tuple[str, ...], bad: Callable[[int, int], DataError]) -> Words:
    """Read the cells of a plain column as ids of declared classes; −1 is none.

    `bad` makes the error for a cell, by its number, whose id no class has.
    """
    ids = to_numpy(pc.fill_null(cells.cast(pa.int64()), -1)).astype(np.int64)
    wrong = np.flatnonzero((ids < -1) | (ids >= len(names)))
    if len(wrong):
        raise bad(int(wrong[0]), int(ids[wrong[0]]))
    return Words(names, ids)


def whole_name(label: str) -> str:
    """Write a whole number without its point; other labels stay as they are."""
    match = _WHOLE.fullmatch(label)
    return match[1] if match else label


def in_order(names: Sequence[str]) -> tuple[str, ...]:
    """Return the labels in the order of their ids: numbers by their size, words by the alphabet."""
    if all(_INTEGER.fullmatch(name) for name in names):
        return tuple(sorted(names, key=lambda name: (int(name), name)))
    if all(_REAL.fullmatch(name) for name in names):
        return tuple(sorted(names, key=lambda name: (float(name), name)))
    return tuple(sorted(names))


def refuse_variants(words: Words, where: str) -> None:
    """See that no two labels differ in case, blanks, invisible letters or leading zeros only. Raises DataError."""
    spellings: dict[str, list[str]] = {}
    for name, number in zip(words.names, words.counts().tolist(), strict=True):
        spellings.setdefault(_essence(name), []).append(f"{name!r} ({count(number, 'row')})")
    clashes = [" and ".join(found) for found in spellings.values() if len(found) > 1]
    if clashes:
        raise DataError(
            "Some labels differ only in how they are written",
            f"In {where}: {'; '.join(clashes[:8])}.",
            "Write each label in one way; as they stand they would be classes of their own.",
        )


def _is_invisible(letter: str) -> bool:
    """Whether a character has no shape: blanks of no width, and what asks for an emoji in colour or not."""
    return unicodedata.category(letter) == "Cf" or letter in "\ufe0e\ufe0f"


def _essence(name: str) -> str:
    if _INTEGER.fullmatch(name):
        return str(int(name))
    visible = "".join(letter for letter in name if not _is_invisible(letter))
    return " ".join(unicodedata.normalize("NFKC", visible).casefold().split())
