"""Evaluations after training, and stores from before there were any."""

import math
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from acted_runs import ActedRun
from made_predictions import of_classes
from sqlalchemy import create_engine, select

from bertft_tui.core.errors import UnknownRunError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.presets import PRESETS
from bertft_tui.core.store import commands, history, queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.migrate import upgrade
from bertft_tui.core.store.records import EvaluationRecord, MetricSummary
from bertft_tui.core.store.schema import APPLICATION_ID
from bertft_tui.core.store.tables import EVALUATION_PREDICTION

DEMO = PRESETS["demo"].config
TESTED = EvaluationRecord(
    step=30,
    dataset="imdb",
    split="test",
    is_test=True,
    rows=1000,
    metrics={"accuracy": 0.875, "loss": math.nan},
    created_at=1.5,
)


def test_evaluations_come_back_in_their_order(db: Database) -> None:
    """What was evaluated again stands in the store, NaN included; the newest on the test split is a metric."""
    run = commands.enqueue(db, DEMO)
    before = queries.revision(db)
    elsewhere = replace(TESTED, dataset="other", is_test=False, metrics={"accuracy": 0.1})
    later = replace(TESTED, metrics={"accuracy": 0.9, "loss": 0.3})
    for evaluation in (TESTED, later, elsewhere):
        commands.record_evaluation(db, run, evaluation)
    first, *rest = history.evaluations(db, run)
    assert math.isnan(first.metrics["loss"])
    assert rest == [later, elsewhere]
    record = queries.list_runs(db, changed_since=before)[0]
    assert record.metrics["test_accuracy"].best == 0.9
    assert record.metrics["test_loss"].best == 0.3


def test_a_test_metric_may_be_nan(db: Database) -> None:
    """A figure that is not a number has no best value."""
    run = commands.enqueue(db, DEMO)
    commands.record_evaluation(db, run, TESTED)
    summary = queries.get_run(db, run).metrics["test_loss"]
    assert math.isnan(summary.last)
    assert summary.best is None


def test_an_unknown_run_has_no_evaluations(db: Database) -> None:
    """Nothing is written for a run that is not there."""
    with pytest.raises(UnknownRunError):
        commands.record_evaluation(db, "nobody", TESTED)


def test_what_was_predicted_stays_with_the_newest(db: Database) -> None:
    """Of each split the newest evaluation has its predictions, and one without any has none of an older one."""
    run = ActedRun(db, "tested").start()
    first, second = (of_classes([0, 1, 1], given) for given in ([0, 1, 0], [1, 1, 1]))
    commands.record_evaluation(db, run.id, TESTED, first)
    found = history.tested_predictions(db, run.id)
    assert found is not None
    for name in ("label", "predicted", "probabilities", "text_hash"):
        assert (getattr(found, name) == getattr(first, name)).all()
    commands.record_evaluation(db, run.id, replace(TESTED, dataset="other", is_test=False), first)
    commands.record_evaluation(db, run.id, TESTED, second)
    found = history.tested_predictions(db, run.id)
    assert found is not None
    assert found.predicted.tolist() == [1, 1, 1]
    assert _kept(db) == [2, 3]
    commands.record_evaluation(db, run.id, TESTED)
    assert history.tested_predictions(db, run.id) is None


def test_predictions_go_with_their_run(db: Database) -> None:
    """A run that is purged leaves none behind."""
    run = ActedRun(db, "tested").start().finish()
    commands.record_evaluation(db, run.id, TESTED, of_classes([0, 1], [0, 1]))
    trash.throw_away(db, [run.id])
    trash.forget(db, run.id, lambda: None)
    assert _kept(db) == []


def test_predictions_that_cannot_be_read_are_none(db: Database) -> None:
    """What another program left there is passed over."""
    run = ActedRun(db, "tested").start()
    commands.record_evaluation(db, run.id, TESTED, of_classes([0, 1], [0, 1]))
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE evaluation_prediction SET label = x'00'")
    assert history.tested_predictions(db, run.id) is None


def _kept(db: Database) -> list[int]:
    """The evaluations that have predictions, by their place."""
    with db.read() as connection:
        return list(connection.scalars(select(EVALUATION_PREDICTION.c.evaluation_key)).all())


@pytest.mark.parametrize(
    ("name", "count", "selected"),
    [
        ("eval_accuracy", 3, True),
        ("eval_accuracy", 1, False),
        ("test_accuracy", 1, False),
        ("loss", 9, False),
        ("eval_runtime", 3, False),
    ],
)
def test_the_best_of_several_was_selected(name: str, count: int, selected: bool) -> None:
    """A best value is marked when the rows that it was measured on also chose it."""
    assert MetricSummary(name, count, 0.5, 1, 0.5, 1, 0.5, 1).is_selected is selected


def test_a_store_of_the_first_schema_opens(tmp_path: Path) -> None:
    """Runs from before there were tasks are read; they were all single-label classification."""
    file = tmp_path / "old.db"
    with create_engine(f"sqlite:///{file}").connect() as connection:
        upgrade(connection, "0001")
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.commit()
    _add_old_run(file)
    with Database.open(StorePath(file)) as db:
        record = queries.list_runs(db)[0]
    assert record.problem_type == "single_label_classification"
    assert record.best_metric == "accuracy"


def _add_old_run(file: Path) -> None:
    """Write a run as the first version did."""
    connection = sqlite3.connect(file)
    connection.execute(
        "INSERT INTO run (key, id, config, created_at, status, queued_at, attempt, attempt_seconds, earlier_seconds,"
        " step, labels, train_rows, journal_seq, journal_offset, revision)"
        " VALUES (1, 'oldrunid', '{}', 1.0, 'finished', 1.0, 1, 1.0, 0.0, 3, '[]', 10, 1, 1, 1)"
    )
    connection.execute("INSERT INTO annotation VALUES (1, 'old', '', '[]')")
    connection.commit()
    connection.close()
