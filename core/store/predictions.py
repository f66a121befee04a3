"""Predictions as the store keeps them: four arrays, each compressed with zlib."""

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # numpy costs a tenth of a second; only who asks for predictions pays it
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Predictions:
    """What one checkpoint says about n evaluation examples, in the order of the evaluation data."""

    step: int
    label: "NDArray[np.int32]"  # (n,)
    predicted: "NDArray[np.int32]"  # (n,)
    probabilities: "NDArray[np.float32]"  # (n, classes)
    text_hash: "NDArray[np.uint64]"  # (n,) the first eight bytes of each text's SHA-256

    def __len__(self) -> int:
        return len(self.label)


def pack(predictions: Predictions) -> dict[str, Any]:
    """Turn predictions into the columns of a row."""
    rows, classes = predictions.probabilities.shape
    arrays = {
        "label": predictions.label.astype("<i4"),
        "predicted": predictions.predicted.astype("<i4"),
        "probabilities": predictions.probabilities.astype("<f4"),
        "text_hash": predictions.text_hash.astype("<u8"),
    }
    packed = {name: zlib.compress(array.tobytes()) for name, array in arrays.items()}
    return {"step": predictions.step, "rows": rows, "classes": classes, **packed}


def unpack(row: Any) -> Predictions:
    """Turn a row back into predictions."""
    import numpy as np

    return Predictions(
        step=row.step,
        label=np.frombuffer(zlib.decompress(row.label), "<i4"),
        predicted=np.frombuffer(zlib.decompress(row.predicted), "<i4"),
        probabilities=np.frombuffer(zlib.decompress(row.probabilities), "<f4").reshape(row.rows, row.classes),
        text_hash=np.frombuffer(zlib.decompress(row.text_hash), "<u8"),
    )
