"""How a text is known again without being kept: by the first eight bytes of its SHA-256."""

import hashlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

#: Rows that are Python objects at the same time.
_BATCH = 1_000

#: Between the two texts of a pair.
_SEPARATOR = "\x1f"


def table_hashes(table: pa.Table) -> NDArray[np.uint64]:
    """Return the first eight bytes (big-endian) of each text's SHA-256; a pair is joined by a unit separator.

    `table`: the columns `text` and, of pairs, `pair`.
    """
    names = [name for name in ("text", "pair") if name in table.column_names]
    return np.fromiter(map(_hash, _joined(table.select(names))), np.uint64, len(table))


def _joined(texts: pa.Table) -> Iterator[str]:
    for batch in texts.to_batches(max_chunksize=_BATCH):
        yield from map(_SEPARATOR.join, zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")
