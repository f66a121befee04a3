"""A real scheduler whose workers are scripts of the tests: the real worker, to which something happens."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bertft_tui.core.scheduling import launcher
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord

CPU = Device("cpu", "2 processor cores")


@contextmanager
def scheduler_of(db: Database, worker: str, device: Device = CPU) -> Iterator[Scheduler]:
    """Let a scheduler start this script in place of the worker; whatever it started is killed in the end."""
    script = Path(__file__).with_name(worker)

    def start(words: list[str], log: Path, *, cwd: Path, environment: dict[str, str] | None = None) -> object:
        with log.open("ab") as output:
            command = [sys.executable, str(script), *words[1:]]
            return subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True, env=environment)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launcher, "spawn", start)
        mine = Scheduler(db, (device,))
        yield mine
        for handle in mine.workers.values():
            handle.kill()


def until_over(db: Database, scheduler: Scheduler, run_id: str, seconds: float = 120) -> tuple[RunRecord, set[str]]:
    """Let the scheduler step until a run has ended and its process is gone; return it and the statuses it had."""
    seen, deadline = set(), time.monotonic() + seconds
    while True:
        scheduler.step()
        run = queries.get_run(db, run_id)
        seen.add(str(run.status))
        if run.status.is_finished and not scheduler.workers:
            return run, seen
        assert time.monotonic() < deadline, run
        time.sleep(0.05)
