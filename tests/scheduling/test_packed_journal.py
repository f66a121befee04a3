"""The journals of finished runs are compressed, and whoever reads one by its name does not notice."""

from pathlib import Path

import pytest
from quick_runs import enqueue, until

from bertft_tui.core import directories
from bertft_tui.core.journal import JournalWriter, read_events
from bertft_tui.core.packed_journal import open_journal, pack
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.scheduling.intake import follow, size_of
from bertft_tui.core.scheduling.rebuild import rebuild
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.store import commands, ledger, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus


@pytest.fixture
def directory(tmp_path: Path) -> RunDirectory:
    """A run's directory with a journal of 500 steps."""
    made = RunDirectory(tmp_path / "abcdefgh")
    made.create()
    journal = JournalWriter(made.events)
    for step in range(1, 501):
        journal.write("metrics", step=step, epoch=step / 100, values={"loss": 1 / step})
    journal.write("finished")
    journal.close()
    return made


def test_a_packed_journal_reads_as_before(directory: RunDirectory) -> None:
    """Events, offsets, its size, and what stands behind an offset are the same; it is private and smaller."""
    before, size = list(read_events(directory.events)), size_of(directory)
    kept = directories.run_usage(directory).journal
    pack(directory.events)
    assert not directory.events.exists()
    assert list(read_events(directory.events)) == before
    assert list(read_events(directory.events, before[99][1])) == before[100:]
    assert size_of(directory) == size
    assert directory.packed_events.stat().st_size < size / 4
    assert directory.packed_events.stat().st_mode & 0o777 == 0o600
    assert 0 < directories.run_usage(directory).journal < kept


def test_who_writes_on_has_it_unpacked_first(directory: RunDirectory) -> None:
    """Numbers go on behind the last event, and all events are in one file."""
    before = [event for event, _ in read_events(directory.events)]
    pack(directory.events)
    journal = JournalWriter(directory.events)
    journal.write("phase", phase="loading")
    journal.close()
    after = [event for event, _ in read_events(directory.events)]
    assert after[:-1] == before
    assert after[-1].seq == before[-1].seq + 1
    assert not directory.packed_events.exists()


def test_the_plain_one_counts_where_both_are(directory: RunDirectory) -> None:
    """Who is killed between writing the one and removing the other leaves both; the next time one is left."""
    directory.packed_events.write_bytes(b"half of it")
    assert len(list(read_events(directory.events))) == 501
    pack(directory.events)
    assert len(list(read_events(directory.events))) == 501


@pytest.mark.parametrize("damage", ["cut", "no such file at all"])
def test_a_damaged_one_is_read_as_far_as_it_goes(directory: RunDirectory, damage: str) -> None:
    """What stands before the damage is read, nothing raises, and nothing is made up."""
    before, size = [event for event, _ in read_events(directory.events)], size_of(directory)
    pack(directory.events)
    content = bytearray(directory.packed_events.read_bytes())
    middle = len(content) // 2
    if damage == "cut":
        del content[middle:]
    else:
        content[:] = b"not compressed"
    directory.packed_events.write_bytes(content)
    found = [event for event, _ in read_events(directory.events)]
    assert found == before[: len(found)]
    assert (len(found) > 100) == (damage != "no such file at all")
    assert size_of(directory) < size
    assert list(read_events(directory.events, 10**9)) == []


def test_no_journal_is_no_packed_one_either(tmp_path: Path) -> None:
    """What has never begun has neither."""
    with pytest.raises(FileNotFoundError):
        open_journal(tmp_path / "events.jsonl")


def test_a_scheduler_packs_what_has_finished(db: Database, scheduler: Scheduler) -> None:
    """A stopped run goes on one day, and keeps its journal as it is. A rebuild finds all that there was in both."""
    finished, stopped = enqueue(db, "quick"), enqueue(db, "patient")
    until(lambda: queries.get_run(db, stopped).status is RunStatus.RUNNING, scheduler)
    commands.request(db, stopped, Request.STOP)
    until(lambda: not scheduler.workers and queries.get_run(db, stopped).status.is_finished, scheduler)
    before = {run_id: queries.get_run(db, run_id) for run_id in (finished, stopped)}
    scheduler.pack()
    assert [db.path.run(run_id).packed_events.exists() for run_id in before] == [True, False]
    assert [db.path.run(run_id).events.exists() for run_id in before] == [False, True]
    db.path.file.rename(db.path.file.with_name("lost"))
    for companion in db.path.companions:
        companion.unlink(missing_ok=True)
    rebuild(db.path)
    with Database.open(db.path) as again:
        for run_id, run in before.items():
            after = queries.get_run(again, run_id)
            assert (after.status, after.metrics) == (run.status, run.metrics)


def test_a_packed_journal_is_taken_in_like_another(db: Database, scheduler: Scheduler) -> None:
    """Read again from its start it changes nothing, and its end is where that of the plain one was."""
    run_id = enqueue(db, "quick")
    until(lambda: queries.get_run(db, run_id).status is RunStatus.FINISHED, scheduler)
    until(lambda: not scheduler.workers, scheduler)
    scheduler.pack()
    before = queries.get_run(db, run_id).metrics
    job = next(job for job in ledger.jobs(db, RunStatus.FINISHED) if job.id == run_id)
    assert follow(db, db.path.run(run_id), job.key, 0) == size_of(db.path.run(run_id))
    assert queries.get_run(db, run_id).metrics == before
