"""Ending what a test has started, by the locks that schedulers and workers hold."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bertft_tui.core import locks
from bertft_tui.core.errors import BertftError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import service
from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database


def end_processes(path: StorePath) -> None:
    """Kill the scheduler and the workers of a store, and wait until they are gone."""
    if path.file.exists():
        with suppress(BertftError), Database.open(path) as db:
            commands.pause_queue(db, "the test is over")
    if (child := service._started.pop(path.file, None)) is not None:
        child.kill()
        child.wait(10)
    for lock in (path.scheduler_lock, *path.runs.glob("*/run.lock")):
        deadline = time.monotonic() + 10
        while (pid := locks.holder(lock)) is not None:
            assert time.monotonic() < deadline, f"process {pid} does not end"
            os.killpg(pid, signal.SIGKILL)
            time.sleep(0.02)


#: Holds a store's scheduler lock, and the lock of every run directory that appears.
_STAND_IN = """
import sys, time
from pathlib import Path
from bertft_tui.core import locks
from bertft_tui.core.paths import StorePath
path = StorePath(Path(sys.argv[1]))
held = {path.scheduler_lock: locks.hold(path.scheduler_lock)}
print("held", flush=True)
while True:
    for folder in path.runs.glob("*/"):
        lock = folder / "run.lock"
        if lock not in held:
            held[lock] = locks.hold(lock)
    time.sleep(0.01)
"""


@contextmanager
def held_by_a_stand_in(path: StorePath) -> Iterator[None]:
    """Let a process stand for the scheduler and the workers of acted runs: for who looks, they are alive."""
    command = [sys.executable, "-c", _STAND_IN, str(path.file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as child:
        assert child.stdout
        assert child.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            child.kill()
