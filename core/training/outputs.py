"""What a head's outputs say: the decision for each text, and how sure it is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertft_tui.core.metric_names import ProblemType


def decisions(logits: NDArray[np.float32], problem_type: ProblemType) -> NDArray[Any]:
    """Return ids (n,), or 0 and 1 for each label (n, k), or numbers (n,), from logits (n, outputs).

    A label is given where its probability is above one half, which is where its logit is above zero.
    """
    if problem_type == "regression":
        return np.asarray(logits, np.float32).reshape(-1)
    if problem_type == "multi_label_classification":
        return np.asarray(logits > 0, np.int8)
    return np.asarray(np.argmax(logits, axis=-1), np.int32)


def probabilities(logits: NDArray[np.float32], problem_type: ProblemType) -> NDArray[np.float32]:
    """Return softmax (n, k), or for each label its sigmoid (n, k), or nothing for numbers (n, 0).

    No logit is too large for it.
    """
    wide = logits.astype(np.float64)
    if problem_type == "regression":
        return np.zeros((len(logits), 0), np.float32)
    if problem_type == "multi_label_classification":
        shares: NDArray[np.float64] = np.exp(-np.logaddexp(0.0, -wide))
    else:
        shifted = np.exp(wide - wide.max(axis=-1, keepdims=True))
        shares = shifted / shifted.sum(axis=-1, keepdims=True)
    return shares.astype(np.float32)
