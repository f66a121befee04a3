"""Columns of lists: which labels each row has, as names, ids or flags."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bertft_tui.core.training.data.cells import flattened, kind_of, to_numpy


@dataclass(frozen=True)
class Lists:
    """A column of n lists, taken apart."""

    present: NDArray[np.bool_]  # n
    parents: NDArray[np.int64]  # for each entry of any list: the row that it is in
    entries: pa.ChunkedArray  # plain


def read_lists(cells: pa.ChunkedArray) -> Lists:
    """Take a plain column of lists apart."""
    present = to_numpy(pc.is_valid(cells)).astype(np.bool_)
    sizes = to_numpy(pc.fill_null(pc.list_value_length(cells), 0)).astype(np.int64)
    return Lists(present, np.repeat(np.arange(len(cells)), sizes), flattened(cells))


def hot_length(cells: pa.ChunkedArray) -> int:
    """Return how many flags each list has, and 0 when the lists hold names or ids.

    They are flags when all are as long as each other, two or more, and hold nothing but 0 and 1: as ids, every row
    would have the same labels.
    """
    lists = read_lists(cells)
    sizes = np.bincount(lists.parents, minlength=len(cells))[lists.present]
    if not len(sizes) or sizes[0] < 2 or (sizes != sizes[0]).any() or lists.entries.null_count:
        return 0
    if kind_of(lists.entries) not in ("whole", "real", "boolean"):
        return 0
    values = to_numpy(lists.entries.cast(pa.float64(), safe=False)).astype(np.float64)
    return int(sizes[0]) if np.isin(values, (0, 1)).all() else 0
