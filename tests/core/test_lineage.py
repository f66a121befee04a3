"""What came from what: every run stands in one tree, whatever its parents are said to be."""

from typing import Any

import numpy as np
import pytest
from compared_runs import record, texts
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.analysis.lineage import tree_with, trees
from bertft_tui.core.analysis.paired import Pair, mcnemar
from bertft_tui.core.store.records import RunRecord


def made(name: str, at: float, parent: str | None = None, accuracy: float | None = 0.9, **fields: Any) -> RunRecord:
    """A run made at a time from another."""
    return record(name, {"eval_accuracy": accuracy}, parent=parent, created_at=at, **fields)


def one_text_better(parent: RunRecord, child: RunRecord, metric: str) -> Pair | None:
    """The same test for every step that can be tested: one text of a hundred is right in the child alone."""
    right = np.ones(100, bool)
    return mcnemar(right & (np.arange(100) > 0), right, metric, 0.01)


def test_a_tree_has_each_run_behind_its_parent() -> None:
    """The oldest of siblings first; each step says what changed, what that brought, its test with its siblings."""
    runs = [
        made("root", 0, accuracy=0.8),
        made("late", 3, "root", 0.83, change_note="seed 1 → 2"),
        made("early", 1, "root", 0.79, change_note="learning_rate 5e-5 → 2e-5"),
        made("grand", 2, "early", 0.81),
        made("alone", 9),
    ]
    alone, tree = trees(runs, tester=one_text_better)
    assert [branch.run.id for branch in alone] == ["alone"]
    assert [(branch.run.id, branch.last) for branch in tree] == [
        ("root", ()),
        ("early", (False,)),
        ("grand", (False, True)),
        ("late", (True,)),
    ]
    steps = [branch.step for branch in tree]
    assert steps[0] is None
    assert steps[1] is not None
    assert steps[1].change == "learning_rate 5e-5 → 2e-5"
    assert [round(step.difference or 0, 6) for step in steps if step] == [-0.01, 0.02, 0.03]
    assert [step.pair and step.pair.compared for step in steps if step] == [2, 1, 2]
    assert [step.pair and step.pair.difference for step in steps if step] == [0.01, 0.01, 0.01]
    assert tree_with((alone, tree), "grand") is tree
    with pytest.raises(KeyError):
        tree_with((alone,), "grand")


def test_a_parent_that_is_gone() -> None:
    """Its child is a root and says so; its siblings stand beside it."""
    (second,), (first,) = trees([made("a", 0, "gone"), made("b", 1, "gone")])
    assert first.note == second.note == "made from gone, which is not here"


def test_a_ring_is_cut_at_its_oldest() -> None:
    """Rows that no program wrote neither hang nor lose a run; one that is its own parent is such a ring."""
    runs = [made("a", 2, "c"), made("b", 1, "a"), made("c", 3, "b"), made("tail", 4, "c"), made("self", 0, "self")]
    ring, alone = trees(runs)
    assert [branch.run.id for branch in ring] == ["b", "c", "a", "tail"]
    assert "come back to itself (a)" in ring[0].note
    assert [branch.run.id for branch in alone] == ["self"]


def test_a_difference_that_says_nothing_of_the_change() -> None:
    """Other texts, or no value: nothing is tested, and the reason stands there."""
    runs = [
        made("root", 0),
        made("other", 1, "root", data__dataset="copy.csv"),
        made("none", 2, "root", None),
        made("moved", 3, "root"),
    ]
    known = {"root": texts([1, 2], [0, 1]), "moved": texts([1, 3], [0, 1])}
    (tree,) = trees(runs, texts=known, tester=one_text_better)
    steps = {branch.run.id: branch.step for branch in tree if branch.step}
    assert steps["other"].why_not == "other data: copy.csv"
    assert steps["moved"].why_not == "1 of 2 texts differ"
    assert (steps["none"].difference, steps["none"].why_not) == (None, "")
    assert {step.pair for step in steps.values()} == {None}


def test_a_long_chain() -> None:
    """Thousands of runs, each made from the one before, are one tree."""
    runs = [made(f"{place:08}", place, f"{place - 1:08}" if place else None) for place in range(2000)]
    (tree,) = trees(runs)
    assert [branch.depth for branch in tree] == list(range(2000))


@examples(60)
@given(st.lists(st.none() | st.integers(0, 12), max_size=12), st.permutations(range(12)))
def test_every_run_stands_in_one_place(parents: list[int | None], times: list[int]) -> None:
    """Whatever graph the parents make, each run is there once, and each step leads from the parent that it names."""
    runs = [
        made(f"run{place}", times[place], None if parent is None else f"run{parent}")
        for place, parent in enumerate(parents)
    ]
    found = trees(runs)
    assert sorted(branch.run.id for tree in found for branch in tree) == sorted(run.id for run in runs)
    for tree in found:
        path: list[str] = []
        for branch in tree:
            del path[branch.depth :]
            if branch.step is not None:
                assert branch.run.parent == branch.step.parent.id == path[-1]
            assert len(path) == branch.depth
            path.append(branch.run.id)
