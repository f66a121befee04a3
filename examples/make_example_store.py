"""Makes `experiments.db.example`: real runs of the demo, by the real scheduler and its workers, one after another.

`make example` runs it; an hour on two cores. Nothing in the store is made up: what is changed afterwards is only
taken out, and `neutral` says what and why.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from example_runs import FIRST, PINNED, PLANNED, Planned, first_config
from neutral import leave_out_what_is_personal, refuse_what_is_left

from bertft_tui.core import locks
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling.service import ensure_running
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.backup import back_up
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import Request, RunStatus

TARGET = Path(__file__).parent.parent / "experiments.db.example"

#: Who asks for a stop: whoever looks at the store.
_SOMEBODY = "you"


def main() -> None:
    """Make the runs in a folder that is removed afterwards, and the store out of theirs."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("target", nargs="?", type=Path, default=TARGET)
    arguments.add_argument("--folder", type=Path, help="where to work, and keep what is made; else a temporary one")
    asked = arguments.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="bertft-example-"))
    try:
        store = StorePath(folder.absolute() / "experiments.db")
        with Database.open(store, daily_backup=False) as db:
            make_runs(db)
            say_about_them(db)
            wait_for_scheduler(db)
        publish(store, asked.target)
    finally:
        if asked.folder is None:
            shutil.rmtree(folder)


def make_runs(db: Database) -> None:
    """Make those of the planned runs that are not there yet."""
    made = queries.list_runs(db)
    for run in made:
        wait(db, run.id)
    for number, planned in enumerate(PLANNED[len(made) :], len(made) + 1):
        run = make_run(db, planned)
        print(f"{number}/{len(PLANNED)}  {run.name}: {run.status}, {run.duration_seconds:.0f} s", flush=True)


def make_run(db: Database, planned: Planned) -> RunRecord:
    """Launch a run and wait for its end; ask it to stop and to go on where that is planned."""
    parent = None if planned.name == FIRST else queries.find_run(db, planned.parent)
    config = (parent.config if parent is not None else first_config()).with_settings(dict(planned.settings))
    run_id = commands.enqueue(db, config, name=planned.name, experiment=planned.experiment, parent=parent)
    if planned.stop_at is not None:
        wait(db, run_id, planned.stop_at)
        commands.request(db, run_id, Request.STOP, by=_SOMEBODY)
    run = wait(db, run_id)
    if planned.resumes:
        assert run.status is RunStatus.STOPPED, run.status
        commands.request(db, run_id, Request.RESUME, by=_SOMEBODY)
        run = wait(db, run_id)
    return run


def wait(db: Database, run_id: str, step: int = sys.maxsize) -> RunRecord:
    """Wait until a run has ended or has come to a step, with a scheduler at work."""
    while True:
        run = queries.get_run(db, run_id)
        has_ended = run.status.is_finished and run.pending_request is None
        if has_ended or run.progress.step >= step:
            return run
        ensure_running(db)
        time.sleep(0.2)


def say_about_them(db: Database) -> None:
    """Write notes and tags, choose the baseline, and pin what a newcomer should not miss."""
    for run, planned in zip(reversed(queries.list_runs(db)), PLANNED, strict=True):
        commands.annotate(db, run.id, note=planned.note, tags=list(planned.tags))
    commands.choose_baseline(db, queries.find_run(db, FIRST).id)
    commands.pin(db, [queries.find_run(db, PINNED).id], pinned=True)


def wait_for_scheduler(db: Database) -> None:
    """Let the scheduler go by itself: it holds the store open until then."""
    while locks.holder(db.path.scheduler_lock) is not None:
        time.sleep(0.2)


def publish(store: StorePath, target: Path) -> None:
    """Copy the store without what belongs to this machine alone, and see that nothing of it is left."""
    copy = back_up(store, store.file.with_name("published.db"), force=True)
    leave_out_what_is_personal(copy)
    refuse_what_is_left(copy, store.file.parent)
    shutil.copyfile(copy, target)
    target.chmod(0o644)
    print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
