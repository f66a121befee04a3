"""What is kept of evaluations: which predictions a metric was measured on, and how sure it is by them."""

from dataclasses import replace

import numpy as np
import pytest
from compared_runs import record, saying, summary

from bertft_tui.core.analysis import lineage
from bertft_tui.core.analysis.bootstrap import interval_of
from bertft_tui.core.analysis.comparison import compare
from bertft_tui.core.analysis.kept import NOTHING_KEPT, Kept, intervals_of, sure_of
from bertft_tui.core.analysis.resampling import sample_of
from bertft_tui.core.analysis.significance import held_against, significance
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import RunRecord

N = 400
POOR, GOOD = (saying(np.arange(N) % 100 < share) for share in (70, 90))


def _run(name: str, said: Predictions, **fields: object) -> RunRecord:
    """A run with these figures on its test split, and others on its evaluation rows."""
    figures = {f"test_{key}": _figure(said, key) for key in ("accuracy", "f1", "loss")}
    return record(name, {"eval_accuracy": 0.5, **figures}, **fields)


def _figure(said: Predictions, name: str) -> float:
    sample = sample_of((said,), name)
    assert sample is not None
    return float(sample.values[0])


A, B = _run("a", POOR), _run("b", GOOD, parent="a")
KEPT = {"a": Kept(tested=POOR, test_rows=N), "b": Kept(tested=GOOD, test_rows=N)}


def test_a_metric_has_the_predictions_of_its_split() -> None:
    """Those of the evaluation, those of the test split, and none for what training reports."""
    kept = Kept(said=POOR, test_rows=N, tested=GOOD)
    assert (kept.said_for("eval_f1"), kept.said_for("test_f1"), kept.said_for("loss")) == (POOR, GOOD, None)
    for metric, said in (("test_f1", GOOD), ("eval_f1", POOR), (None, POOR)):
        texts = kept.texts_for(metric)
        assert texts is not None
        assert texts.labels is said.label


def test_every_metric_of_the_test_split_has_an_interval() -> None:
    """An accuracy by the number of rows alone, the others by what was predicted of them."""
    found = intervals_of(A, KEPT["a"])
    assert found.keys() == {"eval_accuracy", "test_accuracy", "test_f1", "test_loss"}
    assert found["test_f1"] == interval_of(POOR, "f1")
    assert found["test_accuracy"].method == "Wilson"
    assert intervals_of(A, Kept(test_rows=N)).keys() == {"eval_accuracy", "test_accuracy"}
    other = replace(A, metrics=A.metrics | {"test_f1": summary("test_f1", 0.123)})
    assert "test_f1" not in intervals_of(
        other, KEPT["a"]
    )  # predictions that come to another figure say nothing of it


@pytest.mark.parametrize("metric", ["test_accuracy", "test_f1", "test_loss"])
def test_runs_are_tested_on_the_test_split(metric: str) -> None:
    """By what both predicted of its texts; the evaluation, of which nothing is kept, has no say."""
    found = significance(compare((A, B), "a", KEPT, (metric,)), KEPT, metric)
    assert found.why_not == ((), ())
    (_, pair) = found.pairs
    assert pair is not None
    assert (pair.decision, pair.n) == ("better", N)
    assert all(each is not None for each in found.intervals[metric])


def test_what_was_scored_before_predictions_were_kept_says_what_to_do() -> None:
    """There is no test, and the reason names the command that makes one possible."""
    kept = {**KEPT, "a": Kept(test_rows=N)}
    pair, why = held_against(compare((A, B), "a", kept), 1, kept, "test_f1")
    assert pair is None
    assert why == ("the baseline has no predictions of its test split (`evaluate` keeps them)",)
    assert held_against(compare((A, B), "a"), 1, {}, "loss")[1] == ("the baseline has no loss",)


def test_other_texts_of_the_test_split_are_told() -> None:
    """Texts that differ there say nothing of those of the evaluation, nor the other way round."""
    other = replace(GOOD, text_hash=GOOD.text_hash + np.uint64(37))
    comparison = compare((A, B), "a", {**KEPT, "b": Kept(tested=other, test_rows=N)}, ("test_f1",))
    assert comparison.obstacles_to("test_f1")[1] == (f"37 of {N} texts differ",)
    assert comparison.obstacles_to("eval_accuracy")[1] == ()
    row = comparison.metric("test_f1")
    assert row is not None
    assert [figure is not None and figure.comparable for figure in row.figures] == [True, False]


def test_a_lineage_is_tested_there_too() -> None:
    """By a metric of the test split, each step has its test and each run its interval."""

    def kept(run: RunRecord) -> Kept:
        return KEPT.get(run.id, NOTHING_KEPT)

    texts = {run_id: each.texts_for("test_f1") for run_id, each in KEPT.items()}
    ((_, child),) = lineage.trees((A, B), "test_f1", texts, lineage.tester_of(kept), sure_of(kept))
    assert child.step is not None
    assert child.step.pair is not None
    assert child.step.pair.decision == "better"
    assert child.interval == interval_of(GOOD, "f1")
