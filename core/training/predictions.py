"""What a checkpoint says about every evaluation example, as a parquet file."""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Dataset
from numpy.typing import NDArray

#: The file inside a checkpoint folder.
FILE_NAME = "predictions.parquet"


def text_hashes(rows: Dataset) -> NDArray[np.uint64]:
    """Return the first eight bytes (big-endian) of each text's SHA-256; a pair is joined by a unit separator."""
    names = [name for name in ("text", "pair") if name in rows.column_names]
    hashes: list[int] = []
    for batch in rows.select_columns(names).iter(batch_size=1_000):  # a row at a time takes minutes for a million
        hashes += map(_hash, map("\x1f".join, zip(*(batch[name] for name in names), strict=True)))
    return np.array(hashes, dtype=np.uint64)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")


def write_predictions(
    path: Path, logits: NDArray[np.float32], labels: Sequence[int], hashes: NDArray[np.uint64]
) -> None:
    """Write index, label, predicted, probabilities and text_hash of n rows; `logits`: (n, classes)."""
    table = pa.table(
        {
            "index": pa.array(range(len(labels)), pa.int64()),
            "label": pa.array(labels, pa.int32()),
            "predicted": pa.array(np.argmax(logits, axis=-1), pa.int32()),
            "probabilities": pa.array(list(_softmax(logits)), pa.list_(pa.float32())),
            "text_hash": pa.array(hashes, pa.uint64()),
        }
    )
    pq.write_table(table, path)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    shares: NDArray[np.float32] = (shifted / shifted.sum(axis=-1, keepdims=True)).astype(np.float32)
    return shares


def publish(checkpoint: Path, target: Path) -> int:
    """Copy a checkpoint's predictions to where the run keeps them; return the number of rows."""
    temporary = target.with_name(target.name + ".partial")
    shutil.copyfile(checkpoint / FILE_NAME, temporary)
    temporary.replace(target)
    return int(pq.read_metadata(target).num_rows)
