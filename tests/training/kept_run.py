"""A process that writes steps into a run's journal and keeps its directory, as a worker does, until SIGTERM."""

import os
import signal
import sys
import time
from pathlib import Path

from bertft_tui.core.locks import hold
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training.logged_journal import LoggedJournal
from bertft_tui.core.training.run_keeper import OtherWorker, RunKeeper
from bertft_tui.core.training.worker_log import end_printing, print_through_memory

_NOISE = "\r".join(f"{percent} %" for percent in range(100)) + "\0\x1b[2J" + "x" * 100_000

run = RunDirectory(Path(sys.argv[1]))
os.umask(0o077)
asked: list[int] = []
signal.signal(signal.SIGTERM, lambda number, frame: asked.append(number))
lock = hold(run.lock)
assert lock is not None
printed = print_through_memory()
journal = LoggedJournal(run.events)
keeper = RunKeeper(run, journal, lock, max_log=1_000_000)


def look() -> None:
    """Keep the directory; leave when another process has the run."""
    try:
        keeper.look()
    except OtherWorker:
        os._exit(3)  # the worker's NOT_OURS; importing the worker would take a second
    print("the directory was looked at")


journal.each_second(look)
for number in (1, 2):
    journal.write("checkpoint", step=number, path=f"checkpoints/checkpoint-{number}", bytes=1, best=number == 1)
step = 0
while not asked:
    journal.write("progress", step=step)
    step += 1
    print(_NOISE if "noise" in sys.argv else f"step {step}")
    time.sleep(0.01)
journal.write("finished")
assert journal.close(patience=10) == []
print("the end in", Path.cwd())
end_printing(printed)
