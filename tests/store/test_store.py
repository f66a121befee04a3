"""The store: schema, runs, points, events, requests; all on real SQLite files."""

import math
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from sql_work import counted
from written_tables import FILE, source

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import Problem, RefusedError, StoreError, UnknownRunError
from bertft_tui.core.journal import Event
from bertft_tui.core.paths import StorePath, resolve_store
from bertft_tui.core.presets import preset
from bertft_tui.core.store import commands, history, ledger, plain_reading, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.intake import take_in
from bertft_tui.core.store.models import METADATA
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.schema import SCHEMA_VERSION
from bertft_tui.core.store.status import TRANSITIONS, Request, RunStatus, refusal
from bertft_tui.core.store.wholeness import fault_of

DEMO = preset("demo").config


def events_of(*kinds: tuple[str, dict[str, object]], first: int = 1) -> list[Event]:
    """Events in a row, a second apart, from the monotonic second 100 on."""
    return [
        Event(first + i, 1_000.0 + first + i, 100.0 + first + i, kind, fields)
        for i, (kind, fields) in enumerate(kinds)
    ]


def started(db: Database, config: RunConfig = DEMO) -> ledger.Job:
    """A run that the scheduler has taken, and whose worker has begun."""
    commands.enqueue(db, config)
    job = ledger.jobs(db, RunStatus.QUEUED)[0]
    ledger.take(db, job, "cpu", "the only device")
    take_in(db, job.key, events_of(("attempt", {"number": 1, "pid": 7, "host": "here", "versions": {}})), 10)
    return ledger.job(db, job.key)


def test_the_migrated_schema_is_that_of_the_tables(db: Database) -> None:
    """What the migrations make is what the classes declare, and the statements' tables are made from these."""
    with db.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    assert FILE.read_text(encoding="utf-8") == source(), "run `python tests/store/written_tables.py`"


def test_questions_within_a_reading_have_one_view(db: Database) -> None:
    """What is written meanwhile is seen when the outer reading has ended; an error within ends none."""
    with Database.open(db.path) as other, db.read():
        before = queries.revision(db)
        commands.enqueue(other, DEMO)
        assert queries.revision(db) == before
        with pytest.raises(UnknownRunError):
            queries.get_run(db, "none such")
        assert queries.list_runs(db) == []
    assert len(queries.list_runs(db)) == 1


def test_a_second_opening_runs_no_migration(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alembic is needed once; opening a store of today's schema does not call it."""
    monkeypatch.setattr("bertft_tui.core.store.migrate.migrate", lambda file: pytest.fail("migrated again"))
    with Database.open(db.path) as again:
        assert queries.list_runs(again) == []


def test_a_store_is_private(db: Database) -> None:
    """Nobody else can read the store or what lies beside it."""
    modes = {file.name: file.stat().st_mode & 0o077 for file in db.path.file.parent.iterdir() if file.is_file()}
    assert set(modes.values()) == {0}, modes


def foreign(file: Path) -> None:
    """Another program's database."""
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()


def newer(file: Path) -> None:
    """A store of a version to come."""
    Database.open(StorePath(file)).close()
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@pytest.mark.parametrize(
    ("make", "title"),
    [
        (lambda file: file.write_bytes(b"not a database at all" * 100), "This is not a store"),
        (foreign, "belongs to another program"),
        (newer, "newer than the program"),
        (Path.mkdir, "is a folder"),
    ],
)
def test_what_is_not_our_store_is_refused_and_untouched(
    tmp_path: Path, make: Callable[[Path], object], title: str
) -> None:
    """A file of another kind, program or future is named and left as it is."""
    file = tmp_path / "experiments.db"
    make(file)
    before = file.read_bytes() if file.is_file() else b""
    with pytest.raises(StoreError, match=title):
        Database.open(StorePath(file))
    assert not file.is_file() or file.read_bytes() == before


def test_a_directory_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    """A store below a file cannot be made; the error names the path."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="experiments"):
        Database.open(StorePath(tmp_path / "file" / "experiments.db"))


def test_another_kind_of_database_is_refused_for_now() -> None:
    """A PostgreSQL URL gets a sentence."""
    with pytest.raises(StoreError, match="postgresql://"):
        resolve_store("postgresql://host/db")


def test_a_queued_run_reads_back_whole(db: Database) -> None:
    """What was enqueued comes back: config, name, parent, what changed."""
    first = commands.enqueue(db, DEMO, name="first")
    parent = queries.get_run(db, first)
    changed = DEMO.with_settings({"training.learning_rate": 1e-5})
    second = commands.enqueue(db, changed, parent=parent)
    record = queries.get_run(db, second)
    assert (record.config, record.parent, record.status) == (changed, first, RunStatus.QUEUED)
    assert record.name == record.change_note == "learning_rate 2e-4 → 1e-5"
    assert [run.id for run in queries.list_runs(db)] == [second, first]
    assert queries.queue_state(db).waiting == (first, second)


def test_runs_are_found_by_id_prefix_and_name(db: Database) -> None:
    """An id, a unique prefix or a name will do; several that fit are listed; none gets a near one."""
    one, two = (commands.enqueue(db, DEMO, name=name) for name in ("tutorial", "twice"))
    commands.enqueue(db, DEMO, name="twice")
    assert queries.find_run(db, one).id == one
    assert queries.find_run(db, one[:6]).id == one
    assert queries.find_run(db, "tutorial").id == one
    with pytest.raises(UnknownRunError, match=two):
        queries.find_run(db, "twice")
    with pytest.raises(UnknownRunError) as caught:
        queries.find_run(db, "tutorail")
    assert "tutorial" in caught.value.problem.hint
    with pytest.raises(UnknownRunError):
        queries.find_run(db, "")


def test_events_become_rows_and_a_second_time_nothing(db: Database) -> None:
    """A batch that arrives twice leaves the store as it was after the first time."""
    job = started(db)
    batch = events_of(
        ("phase", {"phase": "training"}),
        ("plan", {"max_steps": 20, "steps_per_epoch": 10, "train_rows": 80, "eval_rows": 20, "labels": ["a", "b"]}),
        ("metrics", {"step": 1, "epoch": 0.1, "values": {"loss": 0.7, "grad_norm": math.nan}}),
        ("metrics", {"step": 2, "epoch": 0.2, "values": {"loss": 0.5}}),
        ("progress", {"step": 2, "max_steps": 20, "epoch": 0.2, "samples_per_second": 31.5}),
        ("checkpoint", {"step": 2, "path": "checkpoints/checkpoint-2", "bytes": 10, "best": True}),
        ("warning", {"title": "t", "message": "m", "hint": "h"}),
        first=2,
    )
    take_in(db, job.key, batch, 500)
    record, events = queries.get_run(db, job.id), history.events(db, job.id)
    take_in(db, job.key, batch, 500)
    again = queries.get_run(db, job.id)
    assert history.events(db, job.id) == events
    assert again.metrics == record.metrics
    assert (again.progress, again.labels) == (record.progress, ("a", "b"))
    assert (record.metrics["loss"].best, record.metrics["loss"].best_step) == (0.5, 2)
    assert record.metrics["grad_norm"].minimum is None
    assert math.isnan(record.metrics["grad_norm"].last)
    points = plain_reading.series(db, job.id, "loss")
    assert (points.steps, points.values) == ((1, 2), (0.7, 0.5))
    assert points.seconds == (3.0, 4.0), "seconds of the attempt, by its own clock"
    assert [event.type for event in events] == ["attempt", "phase", "plan", "checkpoint", "warning"]
    assert record.epoch_of(record.metrics["loss"].best_step) == 0.2
    assert [item.step for item in history.checkpoints(db, job.id)] == [2]


def test_words_on_a_phase_are_kept_while_they_are_true(db: Database) -> None:
    """The newest words on what a phase is about stand in the run's row, none of them among its events."""
    job = started(db)
    take_in(db, job.key, events_of(("phase", {"phase": "loading"}), first=2), 20)
    for seq, arrived in enumerate((0, 120, 436), start=3):
        words = f"downloading a/model: {arrived} of 436 MB"
        take_in(db, job.key, events_of(("progress", {"detail": words}), first=seq), 20 + seq)
        run = queries.get_run(db, job.id)
        assert (run.phase, run.phase_detail) == ("loading", words)
    assert [event.type for event in history.events(db, job.id)] == ["attempt", "phase"]
    take_in(db, job.key, events_of(("phase", {"phase": "tokenizing"}), first=9), 40)
    assert queries.get_run(db, job.id).phase_detail is None
    take_in(db, job.key, events_of(("progress", {"detail": "words"}), ("cancelled", {}), first=10), 50)
    assert queries.get_run(db, job.id).phase_detail is None


def test_steps_done_again_replace_their_points(db: Database) -> None:
    """A resumed run writes some steps a second time: the newer value counts, in the curve and in the summary."""
    job = started(db)
    take_in(db, job.key, events_of(*[_loss(step, 1.0 / step) for step in (1, 2, 3)], first=2), 100)
    take_in(db, job.key, events_of(_loss(2, 5.0), _loss(3, 4.0), first=10), 200)
    summary = queries.get_run(db, job.id).metrics["loss"]
    assert plain_reading.series(db, job.id, "loss").values == (1.0, 5.0, 4.0)
    assert (summary.count, summary.minimum, summary.maximum, summary.last) == (3, 1.0, 5.0, 4.0)


VALUES = st.sampled_from([math.nan, math.inf, -math.inf, *range(6)]).map(float) | st.floats(width=32)


@examples(30)
@given(batches=st.lists(st.dictionaries(st.integers(0, 30), VALUES, min_size=1), min_size=1, max_size=6))
def test_the_summary_is_that_of_the_points(
    batches: list[dict[int, float]],
) -> None:
    """In whatever batches points arrive and replace each other, the summary is that of all points."""
    with TemporaryDirectory() as folder, Database.open(StorePath(Path(folder) / "e.db"), daily_backup=False) as db:
        job, points = started(db), dict[int, float]()
        for first, batch in enumerate(batches):
            points |= batch
            told = [_loss(step, value) for step, value in batch.items()]
            take_in(db, job.key, events_of(*told, first=2 + 50 * first), 100)
            summary = queries.get_run(db, job.id).metrics["loss"]
            finite = [(value, step) for step, value in sorted(points.items()) if math.isfinite(value)]
            assert (summary.count, summary.last_step) == (len(points), max(points))
            assert summary.last == points[max(points)] or math.isnan(summary.last)
            lowest = min(finite, default=(None, None))
            assert (summary.minimum, summary.minimum_step) == lowest
            highest = max(finite, key=lambda each: (each[0], -each[1]), default=(None, None))
            assert (summary.maximum, summary.maximum_step) == highest


def test_a_step_done_again_costs_no_look_at_the_others(db: Database) -> None:
    """Within the write lock nothing is read but what is replaced, unless that was the lowest or the highest."""
    job = started(db)
    take_in(db, job.key, events_of(*[_loss(step, 1 / step) for step in range(1, 20_001)], first=2), 100)
    with counted(db) as one:
        take_in(db, job.key, events_of(_loss(20_001, 0.0), first=30_000), 200)
    with counted(db) as again:
        take_in(db, job.key, events_of(*[_loss(step, 0.5) for step in (5_000, 5_001)], first=30_001), 300)
    assert again.done < one.done + 2_000
    with counted(db) as searched:
        take_in(db, job.key, events_of(_loss(1, 0.25), first=30_003), 400)
    assert searched.done > 20_000, "the next highest was looked for"
    assert queries.get_run(db, job.id).metrics["loss"].maximum_step == 2


def _loss(step: int, value: float) -> tuple[str, dict[str, object]]:
    return "metrics", {"step": step, "values": {"loss": value}}


def test_a_point_costs_less_than_forty_bytes(db: Database) -> None:
    """Three metrics at each of 20,000 steps, taken in as they would arrive: the table, its free space included."""
    job = started(db)
    for start in range(1, 20_001, 50):
        batch = [
            ("metrics", {"step": step, "values": {"loss": 1 / step, "grad_norm": step**0.5, "learning_rate": 1e-5}})
            for step in range(start, start + 50)
        ]
        take_in(db, job.key, events_of(*batch, first=start + 1), start)
    with db.write() as connection:
        connection.exec_driver_sql("SELECT 1")
    raw = sqlite3.connect(db.path.file)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    bytes_per_point = db.path.file.stat().st_size / 60_000
    assert bytes_per_point < 40, f"{bytes_per_point:.1f} bytes a point"


def test_requests_are_refused_with_a_reason(db: Database) -> None:
    """Each status takes what the design's table says, and no more."""
    alive = {RunStatus.QUEUED, RunStatus.STARTING, RunStatus.RUNNING}
    for status in RunStatus:
        assert (refusal(Request.STOP, status) is None) == (status in alive)
        assert (refusal(Request.CANCEL, status) is None) == (status in alive)
        resumable = {RunStatus.STOPPED, RunStatus.FAILED, RunStatus.LOST}
        assert (refusal(Request.RESUME, status) is None) == (status in resumable)
    run_id = commands.enqueue(db, DEMO)
    with pytest.raises(RefusedError, match="queued"):
        commands.request(db, run_id, Request.RESUME)
    commands.request(db, run_id, Request.STOP, by="somebody")
    commands.request(db, run_id, Request.STOP)
    assert len(ledger.open_requests(db)) == 1, "asking twice is asking once"
    assert queries.get_run(db, run_id).pending_request == "stop"


def test_a_run_takes_no_step_that_is_not_in_the_table(db: Database) -> None:
    """The ledger writes only the transitions that are declared."""
    job = started(db)
    ledger.end(db, job.key, RunStatus.LOST, problem=Problem("t", "m"), exit_signal=9)
    attempt = history.attempts(db, job.id)[0]
    assert (attempt.outcome, attempt.exit_signal) == ("lost", 9)
    ledger.requeue(db, job.key)
    assert queries.get_run(db, job.id).error is None
    assert RunStatus.RUNNING not in TRANSITIONS[RunStatus.QUEUED]
    with pytest.raises(ValueError, match="does not go from"):
        ledger.put_back(db, ledger.job(db, job.key))


def test_an_end_that_the_journal_told_is_not_overwritten(db: Database) -> None:
    """A worker that wrote `finished` and is then killed on its way out has finished."""
    job = started(db)
    take_in(db, job.key, events_of(("finished", {}), first=2), 50)
    ledger.end(db, job.key, RunStatus.LOST, problem=Problem("t", "m"), exit_signal=9)
    record = queries.get_run(db, job.id)
    assert (record.status, record.error) == (RunStatus.FINISHED, None)
    assert history.attempts(db, job.id)[0].exit_signal == 9


def test_predictions_come_back_as_they_were(db: Database) -> None:
    """Arrays survive the compression to the bit."""
    job = started(db)
    random = np.random.default_rng(0)
    said = Predictions(
        step=4,
        label=random.integers(0, 3, 50).astype(np.int32),
        predicted=random.integers(0, 3, 50).astype(np.int32),
        probabilities=random.random((50, 3)).astype(np.float32),
        text_hash=random.integers(0, 2**63, 50).astype(np.uint64),
    )
    ledger.save_predictions(db, job.key, said)
    back = history.predictions(db, job.id)
    assert back is not None
    assert back.step == 4
    for name in ("label", "predicted", "probabilities", "text_hash"):
        np.testing.assert_array_equal(getattr(back, name), getattr(said, name))


def test_changes_are_told_by_revision(db: Database) -> None:
    """A reader that knows a revision is given what changed after it, and nothing else."""
    old = commands.enqueue(db, DEMO)
    known = queries.revision(db)
    new = commands.enqueue(db, DEMO)
    assert [run.id for run in queries.list_runs(db, changed_since=known)] == [new]
    commands.annotate(db, old, note="a note", tags=["x"])
    assert {run.id for run in queries.list_runs(db, changed_since=known)} == {new, old}
    assert queries.get_run(db, old).tags == ("x",)


def test_a_reboot_pauses_a_queue_that_waits(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs do not start by themselves on a machine that was restarted; one that is enqueued afterwards does."""
    monkeypatch.setattr(commands, "boot_id", lambda: "two")
    ledger.note_boot(db, "one")
    commands.enqueue(db, DEMO)
    ledger.note_boot(db, "two")
    assert not queries.queue_state(db).paused, "nobody waited before"
    ledger.note_boot(db, "three")
    assert "restarted" in queries.queue_state(db).reason
    assert not queries.has_work(db)
    commands.resume_queue(db)
    assert queries.has_work(db)


def test_many_writers_lose_nothing(db: Database) -> None:
    """Eight threads with a connection each write at once; every run arrives."""

    def write() -> None:
        with Database.open(db.path) as mine:
            for _ in range(10):
                commands.enqueue(mine, DEMO)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(queries.list_runs(db)) == 80
    assert fault_of(db.path) == ""


@pytest.mark.parametrize(
    ("kind", "status", "title", "message"),
    [
        (Request.CANCEL, RunStatus.FAILED, "This run cannot be cancelled", "It has failed."),
        (Request.STOP, RunStatus.STOPPED, "This run cannot be stopped", "It was stopped."),
        (Request.RESUME, RunStatus.RUNNING, "This run cannot be resumed", "It is running."),
        (Request.STOP, RunStatus.LOST, "This run cannot be stopped", "It is lost."),
    ],
)
def test_a_refusal_is_english(kind: Request, status: RunStatus, title: str, message: str) -> None:
    """What cannot be done, and how the run stands."""
    refused = refusal(kind, status)
    assert refused is not None
    assert (refused.problem.title, refused.problem.message) == (title, message)
