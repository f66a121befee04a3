"""Predictions that nobody has made: of classifiers whose true accuracy is known, and as hypothesis makes them up."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from bertft_tui.core.metric_names import ProblemType
from bertft_tui.core.store.predictions import Predictions


def predictions(
    label: Any,
    predicted: Any,
    probabilities: Any = None,
    problem_type: ProblemType = "single_label_classification",
    hashes: Any = None,
) -> Predictions:
    """Predictions of a checkpoint; without probabilities it is sure of everything."""
    truth, said = np.asarray(label), np.asarray(predicted)
    if probabilities is None and problem_type == "single_label_classification":
        classes = int(max(truth.max(initial=0), said.max(initial=0))) + 1
        probabilities = np.eye(classes)[said] * 0.98 + 0.02 / classes
    if probabilities is None:
        probabilities = np.where(said > 0, 0.9, 0.1) if said.ndim > 1 else np.zeros((len(truth), 0))
    shares = np.asarray(probabilities, np.float32)
    texts = np.arange(len(truth), dtype=np.uint64) if hashes is None else np.asarray(hashes, np.uint64)
    return Predictions(7, truth, said, shares, texts, problem_type)


@st.composite
def classified(draw: st.DrawFn, runs: int = 1, most: int = 40) -> list[Predictions]:
    """What some runs say about the same texts of up to four classes; not every class need be there."""
    n, classes = draw(st.integers(1, most)), draw(st.integers(1, 4))
    ids = st.lists(st.integers(0, classes - 1), min_size=n, max_size=n)
    label = np.array(draw(ids), np.int32)
    return [_of_classes(label, np.array(draw(ids), np.int32), classes) for _ in range(runs)]


def _of_classes(label: NDArray[np.int32], predicted: NDArray[np.int32], classes: int) -> Predictions:
    shares = np.full((len(label), classes), 0.1 / classes)
    shares[np.arange(len(label)), predicted] += 0.9
    return predictions(label, predicted, shares)


@st.composite
def labelled(draw: st.DrawFn, runs: int = 1, most: int = 30) -> list[Predictions]:
    """What some runs say about the same texts with any of up to three labels."""
    n, labels = draw(st.integers(1, most)), draw(st.integers(1, 3))
    rows = st.lists(st.lists(st.integers(0, 1), min_size=labels, max_size=labels), min_size=n, max_size=n)
    label = np.array(draw(rows), np.int8)
    return [
        predictions(label, np.array(draw(rows), np.int8), problem_type="multi_label_classification")
        for _ in range(runs)
    ]


def two_classifiers(
    draw: np.random.Generator,
    counts: tuple[int, ...],
    accuracy: float,
    gain: float = 0.0,
    alike: float = 0.6,
) -> tuple[Predictions, Predictions]:
    """Two classifiers on the same texts, `counts[c]` of class c: one this accurate, the other by `gain` more.

    What is hard for one is hard for the other: the latent ease of a text is shared to the part `alike`. The first
    class is easier than the last. Errors go to any other class, half of them to the same one.
    """
    from scipy.stats import norm

    classes = len(counts)
    label = np.repeat(np.arange(classes, dtype=np.int32), counts)
    n, easier = len(label), np.linspace(0.05, -0.05, classes)
    easier = easier - np.average(easier, weights=counts)
    shared, other = draw.standard_normal(n), draw.integers(1, classes, n)
    found = []
    for share in (accuracy, accuracy + gain):
        ease = np.sqrt(alike) * shared + np.sqrt(1 - alike) * draw.standard_normal(n)
        hit = ease < norm.ppf(np.clip(share + easier[label], 0.001, 0.999))
        error = np.where(draw.random(n) < 0.5, other, draw.integers(1, classes, n))
        found.append(_of_classes(label, np.where(hit, label, (label + error) % classes).astype(np.int32), classes))
    return found[0], found[1]
