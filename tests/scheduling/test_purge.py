"""The trash and its end: what a purge removes, what it never touches, and what is left when it is killed."""

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from acted_runs import DEMO, ActedRun

from bertft_tui.core import directories, locks
from bertft_tui.core.directories import Removed
from bertft_tui.core.errors import BertftError, RefusedError, StoreError, UnknownRunError
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.scheduling import purge as purging
from bertft_tui.core.scheduling import scheduler
from bertft_tui.core.scheduling.purge import purge, sweep
from bertft_tui.core.store import commands, history, ledger, queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus
from bertft_tui.core.store.tables import METADATA
from bertft_tui.core.store.wholeness import fault_of

KILLED = Path(__file__).with_name("killed_purge.py")


def ended(db: Database, name: str = "one") -> ActedRun:
    """A finished run with a directory: journal, log, a checkpoint of a megabyte."""
    run = ActedRun(db, name).start().train(40).finish()
    fill(db.path.run(run.id))
    return run


def fill(directory: RunDirectory, size: int = 1_000_000) -> RunDirectory:
    """Make a run's directory as a worker leaves it."""
    directory.create()
    directory.events.write_bytes(b"{}\n" * 3000)
    directory.log.write_bytes(b"a line\n" * 2000)
    checkpoint = directory.checkpoints / "checkpoint-38"
    checkpoint.mkdir()
    (checkpoint / "model.safetensors").write_bytes(b"m" * size)
    return directory


def in_trash(db: Database, name: str = "one") -> ActedRun:
    """A finished run in the trash."""
    run = ended(db, name)
    trash.throw_away(db, [run.id])
    return run


def rows_left(db: Database) -> dict[str, int]:
    """How many rows the tables of runs hold."""
    with db.read() as connection:
        tables = [table for table in METADATA.sorted_tables if table.name == "run" or "run_key" in table.columns]
        return {
            t.name: n for t in tables if (n := connection.exec_driver_sql(f"SELECT count(*) FROM {t.name}").scalar())
        }


def test_deleted_runs_are_out_of_sight_and_come_back_whole(db: Database) -> None:
    """The trash takes a run out of the list and nothing else: rows and files are as they were when it comes back."""
    kept, run = ended(db, "kept"), ended(db, "gone")
    before = queries.get_run(db, run.id)
    trash.throw_away(db, [run.id])
    assert [each.id for each in queries.list_runs(db)] == [kept.id]
    assert [each.id for each in queries.list_runs(db, trashed=True)] == [run.id]
    assert db.path.run(run.id).log.exists()
    trash.take_out(db, [run.id])
    after = queries.get_run(db, run.id)
    assert (after.metrics, after.status, after.trashed_at) == (before.metrics, before.status, None)
    assert len(queries.list_runs(db)) == 2


def test_what_may_be_deleted_is_the_table_of_the_design(db: Database) -> None:
    """Queued and live runs are refused with the reason, and none of those asked for with them is deleted."""
    for status in RunStatus:
        fine, run = ActedRun(db, "fine").start().finish(), ActedRun(db, "other").start().say("failed")
        with db.write() as connection:
            connection.exec_driver_sql("UPDATE run SET status = ? WHERE id = ?", (str(status), run.id))
        if status.is_finished:
            trash.throw_away(db, [fine.id, run.id])
        else:
            with pytest.raises(RefusedError, match=f"{run.id}: It is {status}") as caught:
                trash.throw_away(db, [fine.id, run.id])
            assert caught.value.problem.hint == "Stop or cancel it first."
        marks = [queries.get_run(db, each.id).trashed_at is not None for each in (fine, run)]
        assert marks == [status.is_finished] * 2


def test_a_run_in_the_trash_takes_no_request(db: Database) -> None:
    """It does not go on from the trash; one that was asked to go on does not go to the trash."""
    stopped, waits = (ActedRun(db, name).start().say("stopped") for name in ("stopped", "waits"))
    trash.throw_away(db, [stopped.id])
    with pytest.raises(RefusedError, match="in the trash"):
        commands.request(db, stopped.id, Request.RESUME)
    commands.request(db, waits.id, Request.RESUME)
    with pytest.raises(RefusedError, match="asked to go on"):
        trash.throw_away(db, [waits.id])


def test_a_second_word_is_told_how_the_run_stands(db: Database) -> None:
    """Deleting what is deleted, restoring what is not, purging what is not in the trash or is gone."""
    run = in_trash(db)
    with pytest.raises(RefusedError, match="in the trash already"):
        trash.throw_away(db, [run.id])
    trash.take_out(db, [run.id])
    with pytest.raises(RefusedError, match="not in the trash"):
        trash.take_out(db, [run.id])
    assert [problem.hint for problem in purge(db, [run.id]).problems] == ["Delete it first: `bertft-tui delete`."]
    assert db.path.run(run.id).log.exists()
    trash.throw_away(db, [run.id])
    assert purge(db, [run.id]).runs == (run.id,)
    assert purge(db, [run.id]).gone == (run.id,)
    for act in (trash.throw_away, trash.take_out):
        with pytest.raises(UnknownRunError):
            act(db, [run.id])


def test_of_two_at_once_one_wins(db: Database) -> None:
    """Twelve threads with a store each: of deletes one goes through, of purges one, of resume and delete one."""
    run, stopped = ended(db), ActedRun(db, "stopped").start().say("stopped")

    def race(*acts: Callable[[Database], object]) -> list[object]:
        said: list[object] = []
        barrier = threading.Barrier(len(acts))

        def go(act: Callable[[Database], object]) -> None:
            with Database.open(db.path) as mine:
                barrier.wait(10)
                try:
                    said.append(act(mine))
                except BertftError as error:
                    said.append(error)

        threads = [threading.Thread(target=go, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return said

    deletes = race(*[lambda mine: trash.throw_away(mine, [run.id])] * 4)
    assert sorted(isinstance(each, RefusedError) for each in deletes) == [False, True, True, True]
    purges = race(*[lambda mine: purge(mine, [run.id])] * 4)
    assert sorted(getattr(each, "gone", ()) for each in purges) == [(), *[(run.id,)] * 3]
    both = race(
        lambda mine: trash.throw_away(mine, [stopped.id]),
        lambda mine: commands.request(mine, stopped.id, Request.RESUME),
    )
    assert sorted(isinstance(each, RefusedError) for each in both) == [False, True]


def test_a_purge_leaves_nothing_and_says_what_it_freed(db: Database) -> None:
    """No row in any table, no file, no key used again; another run and a child of the purged one stay."""
    parent = ended(db, "parent")
    child = ActedRun(db, "child", DEMO, queries.get_run(db, parent.id)).start().say("stopped")
    last = ended(db, "the last")
    key = last.key
    trash.throw_away(db, [parent.id, last.id])
    held = sum(directories.usage(db.path.run(run.id).path) for run in (parent, last))
    heard: list[int] = []
    purged = purge(db, [parent.id, last.id], heard.append)
    assert (purged.runs, purged.bytes, purged.problems) == ((parent.id, last.id), held, ())
    assert sum(heard) == held
    assert held > 2_000_000
    assert list(db.path.runs.iterdir()) == [db.path.run(child.id).path]
    assert [run.parent for run in queries.list_runs(db, trashed=None)] == [parent.id]
    assert queries.get_run(db, child.id).name == "child"
    assert ActedRun(db, "new").key > key
    trash.throw_away(db, [child.id])
    purge(db, [child.id])
    assert set(rows_left(db)) == {"run", "annotation", "setting"}
    assert trash.purged_at(db) > 0


@pytest.mark.parametrize(
    ("step", "finisher"),
    [("renamed", sweep), ("forgotten", sweep), ("removing", sweep), ("renamed", lambda db: purge(db, []))],
)
def test_a_killed_purge_is_finished(db: Database, step: str, finisher: Callable[[Database], object]) -> None:
    """Wherever it was killed: the run cannot come back half, and the next sweep leaves neither row nor file."""
    run = in_trash(db)
    killed = subprocess.run([sys.executable, str(KILLED), str(db.path.file), run.id, step], timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not db.path.run(run.id).path.exists()
    assert db.path.doomed(run.id).is_dir()
    assert ("run" in rows_left(db)) == (step == "renamed")
    with pytest.raises(RefusedError if step == "renamed" else UnknownRunError):
        trash.take_out(db, [run.id])
    finisher(db)
    assert rows_left(db) == {}
    assert list(db.path.runs.iterdir()) == []
    assert fault_of(db.path) == ""


def test_links_are_removed_and_what_they_lead_to_stays(db: Database, tmp_path: Path) -> None:
    """A checkpoints folder, a file and a whole run directory may be links: out of the store, or in a circle."""
    other = fill(RunDirectory(tmp_path / "elsewhere"))
    inside, whole = in_trash(db, "links inside"), in_trash(db, "a link itself")
    directory = db.path.run(inside.id)
    directories.remove(directory.checkpoints)
    directory.checkpoints.symlink_to(other.checkpoints)
    (directory.path / "circle").symlink_to(directory.path)
    (directory.path / "passwd").symlink_to("/etc/passwd")
    directories.remove(db.path.run(whole.id).path)
    db.path.run(whole.id).path.symlink_to(other.path)
    assert directories.usage(directory.path) < 200_000
    assert purge(db, [inside.id, whole.id]).problems == ()
    assert list(db.path.runs.iterdir()) == []
    assert (other.checkpoints / "checkpoint-38" / "model.safetensors").stat().st_size == 1_000_000
    assert Path("/etc/passwd").exists()


def test_no_id_leads_out_of_the_folder_of_runs(db: Database) -> None:
    """A foreign row whose id climbs, or names a file that is no run's, is refused and removes nothing."""
    precious = db.path.file.with_name("precious")
    precious.mkdir()
    for name in ("../precious", "..", ".", "/etc", "A\nb", ""):
        run = ended(db, "foreign")
        trash.throw_away(db, [run.id])
        with db.write() as connection:
            connection.exec_driver_sql("UPDATE run SET id = ? WHERE id = ?", (name, run.id))
        purged = purge(db, [name])
        assert (purged.runs, [problem.title for problem in purged.problems]) == ((), ["This run cannot be purged"])
    assert precious.is_dir()


def test_what_vanishes_or_sticks_does_not_end_a_purge(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that somebody else removed is passed over; one that cannot be removed is named, and the rest goes."""
    run = in_trash(db)
    real = os.unlink

    def unlink(path: str, **more: object) -> None:
        if str(path).endswith("train.log"):
            raise PermissionError(errno.EPERM, "Operation not permitted", path)
        real(path)
        if str(path).endswith("events.jsonl"):
            raise FileNotFoundError(errno.ENOENT, "gone", path)

    monkeypatch.setattr(os, "unlink", unlink)
    purged = purge(db, [run.id])
    (problem,) = purged.problems
    assert problem.message == f"{db.path.doomed(run.id) / 'train.log'}: Operation not permitted."
    assert [path.name for path in db.path.doomed(run.id).iterdir()] == ["train.log"]
    assert rows_left(db) == {}
    monkeypatch.undo()
    assert purge(db, []).bytes > 10_000
    assert list(db.path.runs.iterdir()) == []


def test_a_full_disk_is_no_obstacle(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the store has no room to delete its rows, the files go first and the rows after them."""
    run = in_trash(db)
    real, tried = trash.forget, []

    def forget(db: Database, run_id: str, doom: Callable[[], None]) -> None:
        doom()
        tried.append(directories.usage(db.path.doomed(run_id)))
        if tried[-1] > 100_000:
            raise StoreError("The store cannot be used", "database or disk is full.")
        real(db, run_id, doom)

    monkeypatch.setattr(purging.trash, "forget", forget)
    purged = purge(db, [run.id])
    assert (purged.runs, purged.problems) == ((run.id,), ())
    assert purged.bytes > 1_000_000
    assert len(tried) == 2
    assert rows_left(db) == {}
    assert list(db.path.runs.iterdir()) == []


def test_a_process_on_its_way_out_is_waited_for(db: Database) -> None:
    """A run whose worker still holds its lock is not purged; a scheduler that sees it end has nothing to write."""
    run = in_trash(db)
    key = run.key
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys; from bertft_tui.core import locks; from pathlib import Path\n"
         "lock = locks.hold(Path(sys.argv[1])); print(flush=True); input()", str(db.path.run(run.id).lock)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    holder.stdout.readline()
    (problem,) = purge(db, [run.id]).problems
    assert f"Process {holder.pid} of {run.id}" in problem.message
    holder.communicate(b"\n")
    assert locks.holder(db.path.run(run.id).lock) is None
    assert purge(db, [run.id]).runs == (run.id,)
    ledger.end(db, key, RunStatus.LOST, exit_signal=9)
    assert ledger.find_job(db, key) is None
    assert history.attempts(db, run.id) == []


def test_half_written_checkpoints_of_ended_runs_are_swept(db: Database) -> None:
    """What a killed worker left in its staging folder goes; that of a live run stays, and a checkpoint does."""
    lost, alive = ended(db), ActedRun(db, "alive").start()
    fill(db.path.run(alive.id))
    for run in (lost, alive):
        db.path.run(run.id).staging.mkdir()
        (db.path.run(run.id).staging / "model.safetensors").write_bytes(b"m" * 500_000)
    assert sweep(db).bytes > 500_000
    assert not db.path.run(lost.id).staging.exists()
    assert db.path.run(alive.id).staging.exists()
    assert (db.path.run(lost.id).checkpoints / "checkpoint-38").is_dir()
    assert sweep(db) == Removed()


def test_a_scheduler_finishes_killed_purges_before_it_goes(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is doomed goes, with its rows where they are left; what another store's run has is not touched."""
    monkeypatch.setattr(scheduler, "LINGER", 0.0)
    run, other = in_trash(db), ended(db, "other")
    db.path.run(run.id).path.rename(db.path.doomed(run.id))
    stranger = fill(RunDirectory(db.path.runs / "stranger"))
    assert scheduler.serve(db.path)
    assert {path.name for path in db.path.runs.iterdir()} == {other.id, stranger.id}
    assert [each.id for each in queries.list_runs(db, trashed=None)] == [other.id]


def test_a_doomed_directory_of_a_run_that_is_there_comes_back(db: Database) -> None:
    """A copy of the store from before the delete knows the run: its directory gets its name back, whole."""
    run = ended(db)
    db.path.run(run.id).path.rename(db.path.doomed(run.id))
    assert sweep(db) == Removed()
    assert (db.path.run(run.id).checkpoints / "checkpoint-38" / "model.safetensors").exists()
