"""A worker that keeps every rule of the real one but trains nothing, so that the scheduler is tested in seconds.

Run as `python quick_worker.py RUN_DIR`. Its run's `data.dataset` says what it does: `quick` ends at once, `patient`
works until it is asked to stop, `deaf` never listens, `crash` dies with a traceback before it says a word, `holds N`
is out of memory with a larger batch, `poisoned` meets NaN unless it computes in fp32.
"""

import json
import math
import sys
import time
from pathlib import Path

from bertft_tui.core import locks
from bertft_tui.core.adjustments import adjusted
from bertft_tui.core.boot import boot_id
from bertft_tui.core.config_file import read_config
from bertft_tui.core.journal import JournalWriter
from bertft_tui.core.paths import RunDirectory


def main(directory: RunDirectory) -> int:
    """Take lock and ticket, then write a point every few milliseconds until it is time to end."""
    config = read_config(directory.config)
    behaviour = config.data.dataset
    if behaviour == "crash":
        raise RuntimeError("no such library")
    launch = json.loads(directory.launch.read_text())
    lock, device = locks.hold(directory.lock), locks.hold(Path(launch["device_lock"]))
    if lock is None or device is None:
        return 3
    try:
        directory.start_ticket(launch["attempt"]).unlink()
    except FileNotFoundError:
        return 3
    journal = JournalWriter(directory.events)
    import os

    journal.write("attempt", number=launch["attempt"], pid=os.getpid(), host="here", boot_id=boot_id(), versions={})
    config = adjusted(config, launch["adjustments"])
    if behaviour.startswith("holds ") and config.training.per_device_train_batch_size > int(behaviour.split()[1]):
        return fail(journal, "The GPU is out of memory", reason="out_of_memory", during="training")
    if behaviour == "poisoned" and config.hardware.precision != "fp32":
        journal.write("plan", max_steps=100, steps_per_epoch=10, start_step=0)
        journal.write("metrics", step=3, epoch=0.3, values={"loss": math.nan})
        return fail(journal, "The loss is not a number", reason="not_finite", step=3, precision="bf16")
    end = work(directory, journal, "quick" if behaviour.startswith(("holds", "poisoned")) else behaviour)
    journal.write(end)
    journal.close()
    return 0


def fail(journal: JournalWriter, title: str, **facts: object) -> int:
    """End with an error, then take a moment to go, as a large process does."""
    journal.write("error", title=title, message="All of it.", hint="Less.")
    journal.write("failed", **facts)
    journal.close()
    time.sleep(0.3)
    return 1


def work(directory: RunDirectory, journal: JournalWriter, behaviour: str) -> str:
    """Write points until asked to end, or for two steps when there is nothing to wait for."""
    if behaviour == "quick":
        journal.write("plan", max_steps=2, steps_per_epoch=10, start_step=0)
    for step in range(1, 100_000):
        journal.write("metrics", step=step, epoch=step / 10, values={"loss": 1 / step})
        if behaviour != "deaf" and directory.cancel_request.exists():
            return "cancelled"
        if behaviour != "deaf" and directory.stop_request.exists():
            return "stopped"
        if behaviour == "quick" and step == 2:
            break
        time.sleep(0.01)
    return "finished"


if __name__ == "__main__":
    raise SystemExit(main(RunDirectory(Path(sys.argv[1]))))
