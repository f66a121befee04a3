"""Texts that a model is asked about, as columns."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Texts:
    """n texts, or n pairs, without empty cells."""

    first: pa.ChunkedArray
    second: pa.ChunkedArray | None  # where the model reads two together
    place: Callable[[int], str]  # a position → where that text stands, in words
