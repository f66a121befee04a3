"""Predictions made by hand, as a store gives them out."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertft_tui.core.store.predictions import Predictions


def digest(text: str) -> int:
    """How predictions know a text: the first eight bytes of its SHA-256."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def of_classes(
    label: Sequence[int],
    predicted: Sequence[int] | None = None,
    *,
    classes: int = 2,
    shares: Any = None,
    hashes: Sequence[int] | None = None,
    sure: float = 0.9,
) -> Predictions:
    """One class for each of n texts; without `shares` (n, classes), the predicted one has the probability `sure`."""
    if shares is None:
        assert predicted is not None
        shares = np.full((len(label), classes), (1 - sure) / max(1, classes - 1))
        for row, given in enumerate(predicted):
            shares[row, given] = sure
    said = np.asarray(shares, np.float32)
    given_ = said.argmax(axis=1) if predicted is None else predicted
    return Predictions(76, np.array(label, np.int32), np.array(given_, np.int32), said, _hashes(hashes, len(label)))


def of_labels(
    label: Any, predicted: Any = None, *, shares: Any = None, hashes: Sequence[int] | None = None
) -> Predictions:
    """Any number of k labels for each of n texts; without `shares` (n, k), what is predicted has 0.9 and else 0.1."""
    truth = np.array(label, np.int8)
    said = np.asarray(np.where(np.array(predicted) == 1, 0.9, 0.1) if shares is None else shares, np.float32)
    given = np.array(said > 0.5 if predicted is None else predicted, np.int8)
    return Predictions(76, truth, given, said, _hashes(hashes, len(truth)), "multi_label_classification")


def numbers(label: Sequence[float], predicted: Sequence[float], hashes: Sequence[int] | None = None) -> Predictions:
    """A number for each of n texts."""
    truth = np.array(label, np.float32)
    nothing = np.zeros((len(truth), 0), np.float32)
    return Predictions(76, truth, np.array(predicted, np.float32), nothing, _hashes(hashes, len(truth)), "regression")


def _hashes(hashes: Sequence[int] | None, rows: int) -> NDArray[np.uint64]:
    return np.array(range(rows) if hashes is None else hashes, np.uint64)
