"""Columns of runs that are kept in memory: what they say is what the store holds, whatever happens to it."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from acted_runs import ActedRun, scored
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from sql_work import counted

from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import commands, queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.selecting import Selection, fields, groups, select, values


def step(db: Database, number: int, run: ActedRun) -> None:
    """Change something."""
    match number:
        case 0:
            ActedRun(db, "new").start().evaluate(2, 0.3)
        case 1:
            commands.annotate(db, run.id, name=f"renamed {time.time()}", tags=["t"])
        case 2:
            run.evaluate(9, 0.97)
        case 3:
            trash.throw_away(db, [ActedRun(db, "thrown").start().finish().id])
        case 4:
            scored(db, run.id, 0.1)
        case 5:
            run.say("metrics", step=7, values={f"metric {time.time()}": 1.0})
        case 6:
            for gone in queries.list_runs(db, trashed=True):
                trash.forget(db, gone.id, lambda: None)


@examples(6)
@given(st.lists(st.integers(0, 6), max_size=6))
def test_what_is_kept_in_memory_is_what_the_store_holds(steps: list[int]) -> None:
    """After any changes the answer is that of somebody who opens the store anew."""
    asked = [
        Selection(sort="accuracy", trashed=None),
        Selection(where="test_accuracy>0 OR tag:t", sort="name", trashed=None),
        Selection(sort="best", metric="f1"),
        Selection(where="lr>0", sort="last.accuracy", trashed=True),
    ]
    with TemporaryDirectory() as folder, Database.open(StorePath(Path(folder) / "e.db"), daily_backup=False) as db:
        run = ActedRun(db, "first").start().evaluate(1, 0.5)
        for number in [None, *steps]:
            if number is not None:
                step(db, number, run)
            warm = [select(db, selection) for selection in asked]
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("bertft_tui.core.store.columns.LARGE", 1)
                assert warm == [select(db, selection) for selection in asked], "SQLite says the same"
            with Database.open(db.path, daily_backup=False) as anew:
                assert warm == [select(anew, selection) for selection in asked]


def test_many_changes_are_read_anew(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """When more has changed than is worth looking at run by run."""
    monkeypatch.setattr("bertft_tui.core.store.columns.MANY", 2)
    runs = [ActedRun(db, f"run {number}") for number in range(5)]
    selection = Selection(sort="name")
    assert len(select(db, selection).runs) == 5
    for run in runs:
        commands.annotate(db, run.id, name="z" + run.id)
    assert [run_id for run_id, _ in select(db, selection).runs] == sorted(run.id for run in runs)


def test_after_a_change_only_what_changed_is_read(db: Database) -> None:
    """Asking again costs next to nothing, and after a change hardly more, however many runs there are."""
    runs = [ActedRun(db, f"run {number}") for number in range(150)]
    selection = Selection(where="lr>0 accuracy!=1", sort="name")
    with counted(db) as first:
        select(db, selection)
    with counted(db) as again:
        select(db, selection)
    commands.annotate(db, runs[5].id, note="x")
    with counted(db) as changed:
        select(db, selection)
    assert again.done < 300
    assert changed.done < 1500
    assert first.done > 2000


DAMAGE = [
    "UPDATE run SET config = 'no json' WHERE key = 1",
    "UPDATE run SET config = x'00ff' WHERE key = 1",
    "UPDATE run SET config = '[1, 2]' WHERE key = 1",
    "UPDATE run SET config = json_set(config, '$.training.learning_rate', 'fast', '$.data', 7) WHERE key = 1",
    "UPDATE run SET status = x'00ff', created_at = 'yesterday', labels = '{}', error = '3' WHERE key = 1",
    "UPDATE run SET step = x'00', max_steps = 'x', attempt_seconds = 'long', started_at = 'x' WHERE key = 1",
    "UPDATE annotation SET name = x'66ff', tags = 'none', note = 5 WHERE run_key = 1",
    "UPDATE summary SET maximum = 'x', last = x'00', maximum_step = 'x'",
    "UPDATE run SET steps_per_epoch = 'many', id = 5, revision = 9999 WHERE key = 1",
]


@pytest.mark.parametrize("statement", DAMAGE)
def test_cells_of_another_kind_fail_no_filter(db: Database, statement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another program wrote is missing, or is the default; the other runs are found as before."""
    ActedRun(db, "odd").start().evaluate(2, 0.4)
    fine = ActedRun(db, "fine").start().evaluate(2, 0.5).finish()
    with db.write() as connection:
        connection.exec_driver_sql(statement)
    for large in (10_000, 1):  # columns in memory, and SQLite itself
        monkeypatch.setattr("bertft_tui.core.store.columns.LARGE", large)
        see_two_runs(db, fine.id)


def see_two_runs(db: Database, fine: str) -> None:
    """Sort and offer by every field; find the run that nobody has changed."""
    for field in fields(db).all:
        found = select(db, Selection(sort=field.name))
        assert len(found.runs) == 2
        assert values(db, field.name) is not None
    assert fine in [run_id for run_id, _ in select(db, Selection(where="status:finished lr=2e-4 name:fine")).runs]
    assert groups(db, Selection(sort="best"), ("seed",)).runs == 2
