"""A purge that kills itself at a step. Run as `python killed_purge.py STORE RUN STEP`.

`renamed`: the directory is doomed, nothing is committed. `forgotten`: the rows are gone. `removing`: some files too.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from bertft_tui.core import directories
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import purge
from bertft_tui.core.store.database import Database


def die(*_: Any, **__: Any) -> Any:
    """End as nothing can prevent."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    store, run_id, step = sys.argv[1:]
    if step == "renamed":
        purge.sync_folder = die
    elif step == "forgotten":
        directories.remove = die
    freed = die if step == "removing" else lambda count: None
    with Database.open(StorePath(Path(store))) as db:
        purge.purge(db, [run_id], freed)
