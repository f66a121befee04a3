"""What a checkpoint says about every evaluation example, as a parquet file."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Dataset
from numpy.typing import NDArray

from bertft_tui.core.metric_names import ProblemType
from bertft_tui.core.training.outputs import decisions, probabilities
from bertft_tui.core.training.text_hashes import table_hashes
from bertft_tui.core.whole_file import whole_file

#: The file inside a checkpoint folder.
FILE_NAME = "predictions.parquet"

#: Rows that are hashed together: a row at a time takes minutes for a million.
_BATCH = 1_000

#: What label and predicted are for each task.
_ITEMS: dict[ProblemType, pa.DataType] = {
    "single_label_classification": pa.int32(),
    "multi_label_classification": pa.list_(pa.int8()),
    "regression": pa.float32(),
}


def text_hashes(rows: Dataset) -> NDArray[np.uint64]:
    """Return the hash of each row's texts (n,), as `table_hashes` makes it."""
    names = [name for name in ("text", "pair") if name in rows.column_names]
    batches = rows.select_columns(names).with_format("arrow").iter(batch_size=_BATCH)
    return np.concatenate([np.zeros(0, np.uint64), *map(table_hashes, batches)])


def write_predictions(
    path: Path,
    problem_type: ProblemType,
    logits: NDArray[np.float32],
    labels: NDArray[Any],
    hashes: NDArray[np.uint64],
) -> None:
    """Write index, label, predicted, probabilities and text_hash of n rows; `logits`: (n, outputs).

    Label and predicted are ids (int32), 0 or 1 for each label (lists of int8), or numbers (float32), which have no
    probabilities. The problem type stands in the file's metadata.
    """
    item = _ITEMS[problem_type]
    columns = {
        "index": pa.array(range(len(labels)), pa.int64()),
        "label": pa.array(_plain(labels, item), item),
        "predicted": pa.array(list(decisions(logits, problem_type)), item),
        "text_hash": pa.array(hashes, pa.uint64()),
    }
    if problem_type != "regression":
        columns["probabilities"] = pa.array(list(probabilities(logits, problem_type)), pa.list_(pa.float32()))
    pq.write_table(pa.table(columns).replace_schema_metadata({"problem_type": problem_type}), path)


def _plain(labels: NDArray[Any], item: pa.DataType) -> list[Any]:
    """Make whole numbers of the 0.0 and 1.0 that the loss wants."""
    return list(labels.astype(np.int8) if pa.types.is_list(item) else labels)


def publish(checkpoint: Path, target: Path) -> int:
    """Copy a checkpoint's predictions to where the run keeps them; return the number of rows."""
    with (checkpoint / FILE_NAME).open("rb") as source, whole_file(target) as copy:
        shutil.copyfileobj(source, copy)
    return int(pq.read_metadata(target).num_rows)
