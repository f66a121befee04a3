"""A worker that keeps every rule of the real one but trains nothing, so that the scheduler is tested in seconds.

Run as `python quick_worker.py RUN_DIR`. Its run's `data.dataset` says what it does: `quick` ends at once, `patient`
works until it is asked to stop, `deaf` never listens, `slow` hears a request after a second, `parent` has a child
process as data loaders do, `crash` dies with a traceback before it says a word.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from bertft_tui.core import locks
from bertft_tui.core.boot import boot_id
from bertft_tui.core.config_file import read_config
from bertft_tui.core.journal import JournalWriter
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training.control import Cancelled, Control, Stopped


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
    control = Control(directory)
    control.listen()
    where = {"pid": os.getpid(), "host": socket.gethostname(), "boot_id": boot_id()}
    journal.write("attempt", number=launch["attempt"], versions={}, **where)
    end = work(control, journal, behaviour)
    journal.write(end)
    journal.close()
    return 0


def work(control: Control, journal: JournalWriter, behaviour: str) -> str:
    """Write points until asked to end, or for two steps when there is nothing to wait for."""
    if behaviour == "parent":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    for step in range(1, 100_000):
        journal.write("metrics", step=step, epoch=step / 10, values={"loss": 1 / step})
        try:
            if behaviour != "deaf":
                control.check()
        except Cancelled:
            time.sleep(1 if behaviour == "slow" else 0)
            return "cancelled"
        except Stopped:
            return "stopped"
        if behaviour == "quick" and step == 2:
            break
        time.sleep(0.01)
    return "finished"


if __name__ == "__main__":
    raise SystemExit(main(RunDirectory(Path(sys.argv[1]))))
