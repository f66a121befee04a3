"""Rebuilds that are killed: `python killed_rebuild.py FOLDER KILLED SEED [--force]`, FOLDER with an experiments.db.

For each moment a copy of the folder, in `KILLED/N/`, is rebuilt by a process of its own that sends itself SIGKILL:
before each change to a folder while the new store takes its place, and at moments before that, drawn from the seed.
The one in `KILLED/0/` is let through. Prints how many there are.
"""

import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling.rebuild import rebuild
from bertft_tui.core.store import migrate  # noqa: F401  # so that no child has to import it

_CHANGES = ("os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree", "sqlite3.connect")
_LAST = 14


def rebuild_until(file: Path, deadly: int, seconds: float) -> int:
    """Rebuild a store and die before the change of this number, or after so many seconds; else return how many."""
    changes = 0

    def hook(event: str, _: Any) -> None:
        nonlocal changes
        if event in _CHANGES:
            changes += 1
            if changes == deadly:
                os.kill(os.getpid(), signal.SIGKILL)

    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    sys.addaudithook(hook)
    rebuild(StorePath(file), force="--force" in sys.argv)
    return changes


def in_a_child(file: Path, deadly: int, seconds: float) -> int:
    """Do it in another process, and return how many changes it made; 0 when it died."""
    shutil.copytree(folder, file.parent)
    child = os.fork()
    if child == 0:
        os._exit(rebuild_until(file, deadly, seconds))
    return max(0, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    folder, killed, draw = Path(sys.argv[1]), Path(sys.argv[2]), random.Random(sys.argv[3])
    killed.mkdir()
    began = time.monotonic()
    total = in_a_child(killed / "0" / "experiments.db", 0, 0)
    lasted = time.monotonic() - began
    moments = [(number, 0.0) for number in range(max(1, total - _LAST), total + 1)]
    moments += [(number, 0.0) for number in draw.sample(range(1, max(2, total - _LAST)), 4)]
    moments += [(0, draw.uniform(0.001, lasted)) for _ in range(4)]
    for number, (deadly, seconds) in enumerate(moments, start=1):
        done = in_a_child(killed / str(number) / "experiments.db", deadly, seconds)
        assert done == 0 or not deadly
    print(len(moments))
