"""Ending what a test has started, by the locks that schedulers and workers hold."""

import os
import signal
import time

from bertft_tui.core import locks
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database


def end_processes(path: StorePath) -> None:
    """Kill the scheduler and the workers of a store, and wait until they are gone."""
    if path.file.exists():
        with Database.open(path) as db:
            commands.pause_queue(db, "the test is over")
    for lock in (path.scheduler_lock, *path.runs.glob("*/run.lock")):
        deadline = time.monotonic() + 10
        while (pid := locks.holder(lock)) is not None:
            assert time.monotonic() < deadline, f"process {pid} does not end"
            os.killpg(pid, signal.SIGKILL)
            time.sleep(0.02)
