"""Two runs on the same texts, example by example, whatever the order of texts and labels; and who is right where."""

import math
from random import Random

import numpy as np
import pytest
from compared_runs import record
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from made_predictions import numbers, of_classes, of_labels

from bertft_tui.core.analysis.examples import EVERY, Which, by_label, chosen, counts, paired, sureness
from bertft_tui.core.errors import InputError

#: Hash, label and what each of two runs predicts.
ROWS = st.lists(st.tuples(st.integers(0, 5), *[st.integers(0, 2)] * 3), min_size=1, max_size=14)

NAMES = ("a", "b", "c")


@examples(80)
@given(ROWS, st.randoms(use_true_random=False), st.permutations(NAMES))
def test_order_of_texts_and_of_labels_does_not_matter(
    rows: list[tuple[int, int, int, int]], dice: Random, names: list[str]
) -> None:
    """Each example meets itself: the same text with the same label, first with first, with its own probabilities."""
    shuffled = list(enumerate(rows))
    dice.shuffle(shuffled)
    ids = [names.index(name) for name in NAMES]
    first = of_classes([row[1] for row in rows], [row[2] for row in rows], classes=3, hashes=[row[0] for row in rows])
    second = of_classes(
        [ids[row[1]] for _, row in shuffled],
        [ids[row[3]] for _, row in shuffled],
        classes=3,
        hashes=[row[0] for _, row in shuffled],
        sure=0.7,
    )
    found = paired(record("one", labels=NAMES), record("two", labels=tuple(names)), first, second)
    assert sorted(found.places.tolist()) == list(range(len(rows)))
    assert (found.b.text_hash == found.a.text_hash).all()
    assert (found.b.label == found.a.label).all()
    assert (found.b.text_hash == second.text_hash[found.places]).all()
    assert (found.b.probabilities.argmax(axis=1) == found.b.predicted).all()
    seen: dict[tuple[int, int], list[int]] = {}
    for _, (text, label, _, predicted) in shuffled:
        seen.setdefault((text, label), []).append(predicted)
    met: dict[tuple[int, int], list[int]] = {}
    for (text, label, *_), predicted in zip(rows, found.b.predicted.tolist(), strict=True):
        met.setdefault((text, label), []).append(predicted)
    assert met == {key: seen[key] for key in met}


@examples(60)
@given(ROWS, st.sampled_from(EVERY), st.none() | st.integers(0, 2))
def test_who_is_right_where(rows: list[tuple[int, int, int, int]], which: Which, label: int | None) -> None:
    """Every example is in exactly one of four parts; a class keeps those that have it or were given it by a run."""
    truth = [row[1] for row in rows]
    a = of_classes(truth, [row[2] for row in rows], classes=3)
    b = of_classes(truth, [row[3] for row in rows], classes=3)
    wanted = []
    for place, (_, true, ours, theirs) in enumerate(rows):
        parts = {
            "wrong": ours != true or theirs != true,
            "only-a": ours == true != theirs,
            "only-b": theirs == true != ours,
            "neither": true not in {ours, theirs},
            "both": ours == theirs == true,
            "all": True,
        }
        if parts[which] and (label is None or label in (true, ours, theirs)):
            wanted.append(place)
    assert sorted(chosen((a, b), which, label).tolist()) == wanted
    of_each = by_label((a, b), chosen((a, b), which))
    assert of_each == tuple(len(chosen((a, b), which, each)) for each in range(3))
    split = counts(a, b)
    assert split.both + split.only_a + split.only_b + split.neither == len(rows)
    assert split.only_a == len(chosen((a, b), "only-a"))
    assert split.neither == len(chosen((a, b), "neither"))
    alone = chosen((a,), "wrong", label).tolist()
    assert sorted(alone) == [
        place
        for place, (_, true, ours, _) in enumerate(rows)
        if ours != true and (label is None or label in (true, ours))
    ]


def test_the_surest_mistakes_come_first() -> None:
    """By the probability of the wrong class; of two runs by the surer one; what both get right, least sure first."""
    a = of_classes([0, 0, 0, 0], shares=[[0.4, 0.6], [0.1, 0.9], [0.8, 0.2], [0.3, 0.7]])
    b = of_classes([0, 0, 0, 0], shares=[[0.02, 0.98], [0.6, 0.4], [0.7, 0.3], [0.9, 0.1]])
    assert chosen((a,), "wrong").tolist() == [1, 3, 0]
    assert chosen((a,), "all").tolist() == [0, 1, 2, 3]
    assert chosen((a, b), "wrong").tolist() == [0, 1, 3]
    assert chosen((a, b), "only-b").tolist() == [1, 3]
    assert chosen((a, b), "only-a").tolist() == []
    both = of_classes([0, 0], shares=[[0.9, 0.1], [0.6, 0.4]])
    assert chosen((both, both), "both").tolist() == [1, 0]


def test_how_sure_an_answer_is() -> None:
    """Of labels: a right answer is as sure as its least sure decision, a wrong one as its surest wrong decision."""
    said = of_labels([[1, 0], [1, 0], [1, 0]], shares=[[0.9, 0.3], [0.2, 0.4], [0.2, 0.95]])
    assert sureness(said).tolist() == pytest.approx([0.7, 0.8, 0.95])
    assert chosen((said,), "wrong").tolist() == [2, 1]
    assert chosen((said,), "wrong", 1).tolist() == [2]
    assert by_label((said,), chosen((said,), "all")) == (3, 1)
    broken = of_classes([0, 1], [1, 1], shares=[[math.nan, math.nan], [0.1, 0.9]])
    assert sureness(broken).tolist() == pytest.approx([0.0, 0.9])
    assert chosen((broken,), "wrong").tolist() == [0]


def test_several_labels_and_numbers_are_paired_too() -> None:
    """Columns of labels follow their names; a number is met by the same number."""
    first = of_labels([[1, 0], [0, 0]], [[1, 1], [0, 0]], hashes=[1, 2])
    second = of_labels([[0, 0], [0, 1]], [[0, 1], [1, 1]], hashes=[2, 1])
    one, two = (
        record(names, labels=tuple(names), problem_type="multi_label_classification") for names in ("ab", "ba")
    )
    found = paired(one, two, first, second)
    assert found.places.tolist() == [1, 0]
    assert found.b.label.tolist() == [[1, 0], [0, 0]]
    assert found.b.predicted.tolist() == [[1, 1], [1, 0]]
    assert np.allclose(found.b.probabilities, [[0.9, 0.9], [0.9, 0.1]])
    stars = record("stars", labels=("stars",), problem_type="regression")
    met = paired(stars, stars, numbers([1.5, 2.5], [1, 2], [8, 9]), numbers([2.5, 1.5], [3, 4], [9, 8]))
    assert met.b.predicted.tolist() == [4, 3]


def test_other_texts_are_not_paired() -> None:
    """The error says what differs."""
    run = record("run", labels=NAMES)
    base = of_classes([0, 1], [0, 1], classes=3, hashes=[1, 2])
    with pytest.raises(InputError, match="1 of 2 texts differ"):
        paired(run, run, base, of_classes([0, 1], [0, 1], classes=3, hashes=[1, 3]))
    with pytest.raises(InputError, match="the labels of 1 of 2 texts differ"):
        paired(run, run, base, of_classes([0, 2], [0, 1], classes=3, hashes=[1, 2]))
    with pytest.raises(InputError, match="other labels: d"):
        paired(run, record("other", labels=("a", "b", "d")), base, base)
