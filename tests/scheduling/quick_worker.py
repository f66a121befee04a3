"""A worker that keeps every rule of the real one but trains nothing, so that the scheduler is tested in seconds.

Run as `python quick_worker.py RUN_DIR`. Its run's `data.dataset` says what it does: `quick` ends at once, `patient`
works until it is asked to stop, `deaf` never listens, `crash` dies with a traceback before it says a word.
"""

import json
import sys
import time
from pathlib import Path

from bertft_tui.core import locks
from bertft_tui.core.boot import boot_id
from bertft_tui.core.config_file import read_config
from bertft_tui.core.journal import JournalWriter
from bertft_tui.core.paths import RunDirectory


def main(directory: RunDirectory) -> int:
    """Take lock and ticket, then write a point every few milliseconds until it is time to end."""
    behaviour = read_config(directory.config).data.dataset
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
    end = work(directory, journal, behaviour)
    journal.write(end)
    journal.close()
    return 0


def work(directory: RunDirectory, journal: JournalWriter, behaviour: str) -> str:
    """Write points until asked to end, or for two steps when there is nothing to wait for."""
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
