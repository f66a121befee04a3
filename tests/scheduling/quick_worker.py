"""A worker that keeps every rule of the real one but trains nothing, so that the scheduler is tested in seconds.

Run as `python quick_worker.py TICKET RUN_DIR`. Its run's `data.dataset` says what it does: `quick` ends at once,
`patient` works until it is asked to stop, `deaf` never listens, `slow` hears a request after a second, `parent` has
a child process as data loaders do, `crash` dies with a traceback before it says a word, `holds N` is out of memory
with a larger batch, `poisoned` meets NaN unless it computes in fp32, `hungry` takes more memory at each step,
up to a gigabyte.
"""

import json
import math
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bertft_tui.core import locks
from bertft_tui.core.adjustments import adjusted
from bertft_tui.core.boot import boot_id
from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import read_begun
from bertft_tui.core.journal import JournalWriter
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training.control import Cancelled, Control, Stopped
from bertft_tui.core.training.downloads import end_children
from bertft_tui.core.training.run_keeper import RunKeeper
from bertft_tui.core.training.taking import take_run

#: More than any attempt does; the steps of each attempt have numbers of their own.
STEPS = 100_000

#: Points that are acknowledged together, by a line that is waited for: a point alone is not.
SAID_AT_ONCE = 2

#: What a hungry one takes at each step, and how often.
BITE, BITES = 10_000_000, 100


def main(directory: RunDirectory, ticket: str) -> int:
    """Take lock, ticket and device, then write a point every few milliseconds until it is time to end."""
    config = read_begun(directory.config)
    behaviour = config.data.dataset
    if behaviour == "crash":
        raise RuntimeError("no such library")
    launch = json.loads(directory.launch.read_text())
    lock = take_run(directory, directory.control / ticket)
    if isinstance(lock, str):
        return 3
    control = Control(directory)
    control.listen()
    journal = JournalWriter(directory.events, after=launch["seq"])
    keeper = RunKeeper(directory, journal, lock)
    journal.each_second(keeper.look)
    where = {"pid": os.getpid(), "host": socket.gethostname(), "boot_id": boot_id()}
    journal.write("attempt", number=launch["attempt"], versions={}, **where)
    record(directory, "starts", launch["attempt"])
    while (device := locks.hold(Path(launch["device_lock"]))) is None:
        time.sleep(0.05)
    with device:
        if failure := failure_of(adjusted(config, launch["adjustments"]), journal):
            journal.write("error", title=failure["title"], message="All of it.", hint="Less.")
            journal.write("failed", **failure)
            journal.close()
            time.sleep(0.3)  # a large process takes a moment to go
            return 1
        behaviour = "quick" if behaviour.startswith(("holds", "poisoned")) else behaviour
        end = work(directory, control, journal, behaviour, first=launch["attempt"] * STEPS + 1)
        journal.write(end)
        journal.close(give_up=directory.cancel_request.exists)
    return 0


def failure_of(config: RunConfig, journal: JournalWriter) -> dict[str, Any]:
    """Return how a run that holds too little, or meets NaN, ends; nothing for the others and when it has changed."""
    behaviour = config.data.dataset
    if behaviour.startswith("holds ") and config.training.cut[0] > int(behaviour.split()[1]):
        return {"title": "The GPU is out of memory", "reason": "out_of_memory", "during": "training"}
    if behaviour == "poisoned":
        journal.write("plan", max_steps=100, steps_per_epoch=10, start_step=0)
        if config.hardware.precision != "fp32":
            journal.write("metrics", step=3, epoch=0.3, values={"loss": math.nan})
            return {"title": "The loss is not a number", "reason": "not_finite", "step": 3, "precision": "bf16"}
    return {}


def work(directory: RunDirectory, control: Control, journal: JournalWriter, behaviour: str, first: int) -> str:
    """Write points until asked to end, or for two steps when there is nothing to wait for."""
    if behaviour == "parent":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    taken: list[bytes] = []
    unsaid: list[int] = []
    for step in range(first, first + STEPS):
        if behaviour == "hungry" and len(taken) < BITES:
            taken.append(b"\1" * BITE)
        journal.write("metrics", step=step, epoch=step / 10, values={"loss": 1 / step})
        unsaid.append(step)
        if len(unsaid) == SAID_AT_ONCE:
            journal.write("phase", phase="loading")  # is waited for, and all before it with it
            while unsaid:
                record(directory, "acknowledged", unsaid.pop(0))
        try:
            if behaviour != "deaf":
                control.check()
        except Cancelled:
            time.sleep(1 if behaviour == "slow" else 0)
            return "cancelled"
        except Stopped:
            return "stopped"
        if behaviour == "quick" and step == first + 1:
            break
        time.sleep(0.01)
    return "finished"


def record(directory: RunDirectory, what: str, number: int) -> None:
    """Write down, outside of all that the program sees, what was done: a test compares."""
    folder = Path(os.environ["BERTFT_RUNTIME_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{directory.id}.{what}"
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{number}\n".encode())
    os.close(descriptor)


if __name__ == "__main__":
    code = main(RunDirectory(Path(sys.argv[2])), sys.argv[1])
    end_children()
    os._exit(code)  # as the real one: nothing is left for a late signal to meet
