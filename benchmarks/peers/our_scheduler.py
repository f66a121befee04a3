"""This program's other side: a run comes into the store, its process is watched, and what it writes is taken in.

    python -m benchmarks.peers.our_scheduler FOLDER

Each line on its input is `[NUMBER, COMMAND]` in JSON: a run, and what records it. All that a scheduler does for a run
is done, by the scheduler's own code and at its own pace; a line of its output says how many seconds of a processor
that took.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.peers.workload import Run, read_runs
from bertft_tui.core import locks
from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import to_toml
from bertft_tui.core.paths import RunDirectory, StorePath
from bertft_tui.core.scheduling.launcher import describe
from bertft_tui.core.scheduling.scheduler import TAKING_IN, Scheduler
from bertft_tui.core.store import commands, ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.whole_file import write_whole

#: The store's file in the folder.
STORE = "experiments.db"


def main(folder: Path) -> None:
    """Serve until there are no more lines."""
    runs = read_runs(folder)
    before = time.process_time()
    with Database.open(StorePath(folder / STORE), daily_backup=False) as db:
        scheduler = Scheduler(db, ())
        for line in sys.stdin:
            number, command = json.loads(line)
            _record(db, scheduler, runs[number], command)
            now = time.process_time()
            print(now - before, flush=True)
            before = now


def _record(db: Database, scheduler: Scheduler, run: Run, command: list[str]) -> None:
    """Have one run recorded, from its place in the queue to its end in the store."""
    directory = _taken(db, run)
    with directory.log.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, cwd=directory.path)
    while locks.holder(directory.lock) is None and process.poll() is None:
        time.sleep(0.02)
    scheduler.adopt()
    while scheduler.step():
        time.sleep(TAKING_IN)
    scheduler.pack()
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, command)


def _taken(db: Database, run: Run) -> RunDirectory:
    """Put a run in the queue, take it from there, and make its directory."""
    config = RunConfig().with_settings(run.settings)
    run_id = commands.enqueue(db, config, name=run.name)
    job = next(job for job in ledger.jobs(db, RunStatus.QUEUED) if job.id == run_id)
    ledger.take(db, job, "cpu", "measured")
    directory = db.path.run(run_id)
    describe(directory, ledger.about(db, job.key))
    write_whole(directory.config, to_toml(config, comments=False).encode())
    return directory


if __name__ == "__main__":
    main(Path(sys.argv[1]))
