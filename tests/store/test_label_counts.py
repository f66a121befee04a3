"""How many evaluation texts have each label, and for how many it was predicted."""

from dataclasses import replace

import numpy as np
import pytest
from acted_runs import ActedRun
from numpy.typing import NDArray

from bertft_tui.core.store import history, ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.predictions import LabelCounts, Predictions


def said(label: NDArray[np.int32], predicted: NDArray[np.int32], classes: int) -> Predictions:
    """What a checkpoint said about some texts."""
    shares = np.full((len(label), classes), 1 / classes, np.float32)
    return Predictions(4, label, predicted, shares, np.arange(len(label), dtype=np.uint64))


def test_labels_are_counted(db: Database) -> None:
    """As often as each is there and was predicted, also one that is neither; nothing where each text has several."""
    run = ActedRun(db).start()
    assert history.label_counts(db, run.id) is None
    one = said(np.array([0, 0, 2, 0, 2], np.int32), np.array([0, 1, 1, 0, 1], np.int32), 4)
    ledger.save_predictions(db, run.key, one)
    assert history.label_counts(db, run.id) == LabelCounts((3, 0, 2, 0), (2, 3, 0, 0))
    each = np.eye(5, 4, dtype=np.int8)
    several = replace(one, label=each, predicted=each, problem_type="multi_label_classification")
    ledger.save_predictions(db, run.key, several)
    assert history.label_counts(db, run.id) is None


@pytest.mark.parametrize("seed", range(5))
def test_they_are_those_of_the_arrays(db: Database, seed: int) -> None:
    """The counts are numpy's, whatever there is, up to no texts at all."""
    draw = np.random.default_rng(seed)
    n, classes = int(draw.integers(0, 3000)) * (seed > 0), int(draw.integers(2, 70))
    label, predicted = (draw.integers(0, classes, n).astype(np.int32) for _ in range(2))
    run = ActedRun(db).start()
    ledger.save_predictions(db, run.key, said(label, predicted, classes))
    wanted = [tuple(np.bincount(ids, minlength=classes).tolist()) for ids in (label, predicted)]
    assert history.label_counts(db, run.id) == LabelCounts(*wanted)
