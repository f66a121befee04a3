"""Stores that another program or version has had its hands in: looked at, said to be so, and never obeyed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from bertft_tui.core.errors import DamagedStoreError, ReadOnlyStoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.presets import preset
from bertft_tui.core.store import commands, history, ledger, plain_reading, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.schema import TABLES
from bertft_tui.core.store.status import Request, RunStatus
from bertft_tui.core.store.tables import METADATA

DEMO = preset("demo").config


def alter(path: StorePath, *statements: str) -> None:
    """Do something to a store that the program would not do."""
    with closing(sqlite3.connect(path.file, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def altered(db: Database) -> Iterator[Database]:
    """A store with three runs: `first`, which is altered, and two as they should be."""
    for name in ("first", "second", "third"):
        commands.enqueue(db, DEMO, name=name)
    return db


def test_the_names_that_are_checked_are_those_of_the_tables() -> None:
    """What opening expects is what the migrations make."""
    assert set(METADATA.tables) == TABLES


@pytest.mark.parametrize(
    "stranger",
    [
        "CREATE TRIGGER evil AFTER INSERT ON run BEGIN DELETE FROM run; END",
        "CREATE VIEW evil AS SELECT * FROM run",
        "CREATE TABLE evil (x)",
        "CREATE VIRTUAL TABLE evil USING fts5(x)",
    ],
)
def test_what_we_did_not_make_lets_a_store_only_be_read(altered: Database, stranger: str) -> None:
    """A trigger would run with our writes: so there are none, and the reason names it."""
    alter(altered.path, stranger)
    with Database.open(altered.path) as db:
        assert len(queries.list_runs(db)) == 3
        with pytest.raises(ReadOnlyStoreError, match="evil"):
            commands.enqueue(db, DEMO)
        assert "evil" in db.warnings[0].message


def test_an_index_of_ours_is_no_stranger(altered: Database) -> None:
    """Statistics and an index more on our tables are harmless."""
    alter(altered.path, "CREATE INDEX mine ON run (created_at)", "ANALYZE")
    with Database.open(altered.path) as db:
        assert db.read_only == ""


def test_a_view_in_the_place_of_a_table_is_damage(altered: Database) -> None:
    """A store without one of its tables is not read at all."""
    alter(altered.path, "ALTER TABLE annotation RENAME TO hidden", "CREATE VIEW annotation AS SELECT * FROM hidden")
    with pytest.raises(DamagedStoreError, match="annotation"):
        Database.open(altered.path)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE run SET config = 'no json' WHERE key = 1", "config"),
        ("UPDATE run SET config = '[1, 2]' WHERE key = 1", "config"),
        ("UPDATE run SET config = json_set(config, '$.training.learning_rate', 'fast') WHERE key = 1", "fast"),
        ("UPDATE run SET config = json_set(config, '$.training.of_tomorrow', 3) WHERE key = 1", "of_tomorrow"),
        ("UPDATE run SET config = json_set(config, '$.quantum', json('{}')) WHERE key = 1", "quantum"),
        ("UPDATE run SET config = json_set(config, '$.data', 7) WHERE key = 1", "data"),
        ("UPDATE run SET status = 'entangled' WHERE key = 1", "entangled"),
        ("UPDATE run SET status = x'00ff' WHERE key = 1", "status"),
        ("UPDATE run SET created_at = 'yesterday' WHERE key = 1", "created_at"),
        ("UPDATE run SET step = x'00', attempt_seconds = 'long', labels = '{}' WHERE key = 1", "step"),
        ("UPDATE run SET labels = '[1, null, {}]' WHERE key = 1", ""),
        ("UPDATE run SET error = '{\"oops\": 1}' WHERE key = 1", ""),
        ("UPDATE run SET problem_type = 'magic' WHERE key = 1", ""),
        ("UPDATE annotation SET name = 12 WHERE run_key = 1", ""),
        ("UPDATE annotation SET name = x'66ff', tags = 'none', note = 5 WHERE run_key = 1", "name"),
        ("UPDATE annotation SET name = CAST(x'66ff' AS TEXT) WHERE run_key = 1", ""),
    ],
)
def test_a_row_that_cannot_be_read_is_shown_as_such(altered: Database, statement: str, said: str) -> None:
    """The other runs are as they were; the one says what of it could not be read, and is not started."""
    whole = {run.name: run for run in queries.list_runs(altered)}
    alter(altered.path, statement)
    runs = {run.id: run for run in queries.list_runs(altered)}
    assert len(runs) == 3
    for name in ("second", "third"):
        assert runs[whole[name].id] == whole[name]
    odd = queries.get_run(altered, whole["first"].id)
    assert isinstance(odd.name, str)
    assert isinstance(odd.created_at, float)
    if said:
        assert odd.error is not None
        assert said in odd.error.message
    assert odd.config.diff(DEMO) == () or "config" in statement
    jobs = [job for job in ledger.jobs(altered, RunStatus.QUEUED) if job.id == odd.id]
    if "run SET" in statement and said:
        assert all(job.problem is not None for job in jobs)


def test_settings_that_can_be_read_are_read(altered: Database) -> None:
    """One setting of another version costs that setting only."""
    alter(altered.path, "UPDATE run SET config = json_set(config, '$.training.of_tomorrow', 3) WHERE key = 1")
    odd = queries.find_run(altered, "first")
    assert odd.config == DEMO


def test_a_run_of_an_unknown_status_counts_as_lost(altered: Database) -> None:
    """No process stands behind it; what is asked of it is answered as for a lost run."""
    alter(altered.path, "UPDATE run SET status = 'entangled' WHERE key = 1")
    run = queries.find_run(altered, "first")
    assert run.status is RunStatus.LOST
    assert queries.queue_state(altered).waiting == tuple(job.id for job in ledger.jobs(altered, RunStatus.QUEUED))
    commands.request(altered, run.id, Request.RESUME)
    ledger.requeue(altered, 1)
    assert queries.find_run(altered, "first").status is RunStatus.QUEUED


def test_odd_points_events_and_attempts_take_no_screen_down(altered: Database) -> None:
    """Beside the run itself too, a value of another kind is passed over."""
    run = queries.find_run(altered, "first")
    alter(
        altered.path,
        "INSERT INTO metric_name VALUES (1, 'loss')",
        "INSERT INTO point VALUES (1, 1, 1, 'high', 5), (1, 1, 2, 0.5, 10)",
        "INSERT INTO summary VALUES (1, 1, 2, 'high', 2, x'00', 1, 0.5, 2)",
        "INSERT INTO event VALUES (1, 1, 'noon', 'warning', 'no json')",
        "INSERT INTO attempt (run_key, number, started_at, pid, versions) VALUES (1, 1, 'noon', 'x', '[]')",
        "INSERT INTO checkpoint VALUES (1, 1, x'00ff', 'big', 1, 'noon')",
        "INSERT INTO evaluation VALUES (1, 1, 1, 'd', 'test', 1, 2, '{\"accuracy\": \"good\", \"loss\": 1}', 'noon')",
    )
    assert plain_reading.series(altered, run.id, "loss").values[1] == 0.5
    assert history.events(altered, run.id)[0].fields == {}
    assert history.attempts(altered, run.id)[0].pid is None
    assert history.checkpoints(altered, run.id)[0].bytes == 0
    assert history.evaluations(altered, run.id)[0].metrics == {"loss": 1}
    metrics = queries.find_run(altered, "first").metrics
    assert (metrics["loss"].minimum, metrics["loss"].maximum, list(metrics)) == (None, 0.5, ["loss", "test_loss"])


def test_a_store_gives_a_worker_no_variables_but_the_hubs(altered: Database) -> None:
    """Whoever sends a store does not say which library this machine loads first."""
    alter(altered.path, 'UPDATE run SET hub_environment = \'{"LD_PRELOAD": "/x.so", "HF_HOME": "/hub"}\'')
    assert ledger.job(altered, 1).hub_environment == {"HF_HOME": "/hub"}


def test_what_waits_in_a_store_from_elsewhere_does_not_start_by_itself(altered: Database) -> None:
    """Without a sign of this machine's boot the queue is paused: a key says go on."""
    alter(altered.path, "DELETE FROM meta WHERE key = 'boot_id'")
    ledger.note_boot(altered, "this boot")
    assert "elsewhere" in queries.queue_state(altered).reason
    assert not queries.has_work(altered)
