"""Confusion, precision, recall and F1 of each class: as scikit-learn counts them; refused where there are none."""

import numpy as np
import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from made_predictions import numbers, of_classes, of_labels
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from bertft_tui.core.analysis.classes import class_report, is_right
from bertft_tui.core.errors import InputError

NAMES = ("business", "politics", "sport")


@examples(60)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=30))
def test_classes_are_counted_as_scikit_learn_counts_them(pairs: list[tuple[int, int]]) -> None:
    """Each class has its precision, recall, F1 and support, 0 where they are undefined; rows are the true classes."""
    truth, given_ = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found = class_report(of_classes(truth, given_, classes=3), NAMES)
    wanted = precision_recall_fscore_support(truth, given_, labels=[0, 1, 2], zero_division=0)
    ours = [(each.precision, each.recall, each.f1, each.support) for each in found.scores]
    assert np.allclose(ours, np.transpose(wanted))
    assert found.confusion is not None
    assert (found.confusion == confusion_matrix(truth, given_, labels=[0, 1, 2])).all()
    assert found.right == sum(mine == theirs for mine, theirs in pairs)
    shares = found.by_row
    assert shares is not None
    assert np.allclose(shares.sum(axis=1), [float(number in truth) for number in range(3)])
    assert sum(each.count for each in found.confusions) == found.n - found.right
    assert [each.count for each in found.confusions] == sorted(
        (each.count for each in found.confusions), reverse=True
    )
    for each in found.confusions:
        true, taken = NAMES.index(each.true), NAMES.index(each.predicted)
        assert (each.count, each.share) == (pairs.count((true, taken)), pytest.approx(float(shares[true, taken])))


@examples(60)
@given(st.lists(st.tuples(*[st.integers(0, 1)] * 6), min_size=1, max_size=20))
def test_labels_are_counted_one_by_one(rows: list[tuple[int, ...]]) -> None:
    """With several labels each is counted for itself, and an example is right when all of them are."""
    truth, given_ = np.array(rows)[:, :3], np.array(rows)[:, 3:]
    found = class_report(of_labels(truth, given_), NAMES)
    wanted = precision_recall_fscore_support(truth, given_, zero_division=0)
    ours = [(each.precision, each.recall, each.f1, each.support) for each in found.scores]
    assert np.allclose(ours, np.transpose(wanted))
    assert (found.confusion, found.by_row) == (None, None)
    assert found.right == int((truth == given_).all(axis=1).sum())


def test_what_has_no_classes_is_refused() -> None:
    """Numbers have none; predictions that some other program put in their place are not counted."""
    with pytest.raises(InputError, match="Numbers have no classes"):
        class_report(numbers([1.0, 2.0], [1.5, 2.5]), ("stars",))
    for strange in (of_classes([0, 7], [0, 1], classes=3), of_classes([0, 1], [-1, 1], classes=3)):
        with pytest.raises(InputError, match="other labels"):
            class_report(strange, NAMES)
    with pytest.raises(InputError, match="The run has 3 labels, and its predictions have 5"):
        class_report(of_classes([0], [0], classes=5), NAMES)
    assert is_right(of_classes([0, 1], [0, 2], classes=3)).tolist() == [True, False]
