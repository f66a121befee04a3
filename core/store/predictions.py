"""Predictions as the store keeps them: four arrays, each compressed with zlib."""

import sys
import zlib
from array import array
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bertft_tui.core.metric_names import ProblemType

if TYPE_CHECKING:  # numpy costs a tenth of a second; only who asks for predictions pays it
    import numpy as np
    from numpy.typing import NDArray

#: What label and predicted are for each task; with several labels there is one for each of them.
_TYPES: dict[ProblemType, str] = {
    "single_label_classification": "<i4",
    "multi_label_classification": "i1",
    "regression": "<f4",
}


@dataclass(frozen=True, eq=False)
class Predictions:
    """What one checkpoint says about n evaluation examples, in the order of the evaluation data.

    label and predicted: ids, int32 (n,); 0 or 1 for each of k labels, int8 (n, k); or numbers, float32 (n,).
    """

    step: int
    label: "NDArray[np.generic]"
    predicted: "NDArray[np.generic]"
    probabilities: "NDArray[np.float32]"  # (n, k); (n, 0) for numbers
    text_hash: "NDArray[np.uint64]"  # (n,) the first eight bytes of each text's SHA-256
    problem_type: ProblemType = "single_label_classification"

    def __len__(self) -> int:
        return len(self.label)


def read_predictions(path: Path, step: int) -> Predictions:
    """Read what a run wrote about its best checkpoint: `predictions.parquet`."""
    import numpy as np
    from pyarrow import parquet  # here: half of the scheduler's start would be this import

    table = parquet.read_table(path)
    kind: Any = (table.schema.metadata or {}).get(b"problem_type", b"single_label_classification").decode()
    shares = _column(table, "probabilities") if kind != "regression" else np.zeros((len(table), 0))
    return Predictions(
        step=step,
        label=_column(table, "label").astype(_TYPES[kind]),
        predicted=_column(table, "predicted").astype(_TYPES[kind]),
        probabilities=shares.astype("<f4"),
        text_hash=_column(table, "text_hash").astype("<u8"),
        problem_type=kind,
    )


def _column(table: Any, name: str) -> "NDArray[Any]":
    """Return a column as an array (n,), one of lists as (n, k)."""
    import numpy as np
    import pyarrow as pa

    column = table[name]
    if not pa.types.is_list(column.type):
        return np.asarray(column.to_numpy())
    return np.stack(column.to_numpy()) if len(column) else np.zeros((0, 0))


def pack(predictions: Predictions) -> dict[str, Any]:
    """Turn predictions into the columns of a row."""
    rows, classes = predictions.probabilities.shape
    dtype = _TYPES[predictions.problem_type]
    arrays = {
        "label": predictions.label.astype(dtype),
        "predicted": predictions.predicted.astype(dtype),
        "probabilities": predictions.probabilities.astype("<f4"),
        "text_hash": predictions.text_hash.astype("<u8"),
    }
    packed = {name: zlib.compress(array.tobytes()) for name, array in arrays.items()}
    return {
        "step": predictions.step,
        "rows": rows,
        "classes": classes,
        "problem_type": predictions.problem_type,
        **packed,
    }


def unpack(row: Any) -> Predictions:
    """Turn a row back into predictions."""
    import numpy as np

    def array(packed: bytes, dtype: str) -> "NDArray[Any]":
        return np.frombuffer(zlib.decompress(packed), dtype)

    dtype = _TYPES[row.problem_type]
    shape = (row.rows, row.classes) if row.problem_type == "multi_label_classification" else (row.rows,)
    return Predictions(
        step=row.step,
        label=array(row.label, dtype).reshape(shape),
        predicted=array(row.predicted, dtype).reshape(shape),
        probabilities=array(row.probabilities, "<f4").reshape(row.rows, row.classes),
        text_hash=array(row.text_hash, "<u8"),
        problem_type=row.problem_type,
    )


@dataclass(frozen=True)
class LabelCounts:
    """How many evaluation examples have each class, and for how many each was predicted, by label id."""

    labels: tuple[int, ...]
    predicted: tuple[int, ...]


def count_labels(row: Any) -> LabelCounts | None:
    """Count the classes in a row of predictions, without numpy; None where not each example has one class."""
    if row.problem_type != "single_label_classification":
        return None
    counts = tuple(_counted(packed, row.classes) for packed in (row.label, row.predicted))
    return LabelCounts(*counts)


def _counted(packed: bytes, classes: int) -> tuple[int, ...]:
    ids = array("i", zlib.decompress(packed))
    if sys.byteorder == "big":
        ids.byteswap()
    counts = Counter(ids)
    return tuple(counts[label] for label in range(classes))
