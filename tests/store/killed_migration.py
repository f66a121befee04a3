"""Migrations that are killed: `python killed_migration.py OLD FOLDER`, with OLD a store of an older schema.

For each statement of the migration a copy of the store, in `FOLDER/N/`, is opened by a process of its own that sends
itself SIGKILL before the N-th; the one in `FOLDER/0/` is let through. Prints how many there are.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from sqlalchemy import Engine, event

from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import migrate  # noqa: F401  # so that no child has to import it
from bertft_tui.core.store.database import Database

statements = 0


@event.listens_for(Engine, "before_cursor_execute")
def _count(*_: object) -> None:
    global statements  # noqa: PLW0603  # a process lives for one migration
    statements += 1
    if statements == deadly:
        os.kill(os.getpid(), signal.SIGKILL)


old, folder = map(Path, sys.argv[1:])
deadly = 0
while True:
    file = folder / str(deadly) / old.name
    file.parent.mkdir(parents=True)
    shutil.copy(old, file)
    if deadly == 0:
        Database.open(StorePath(file)).close()
        total, statements = statements, 0
    elif (child := os.fork()) == 0:
        Database.open(StorePath(file))
        os._exit(0)
    else:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    if deadly == total:
        break
    deadly += 1
print(total)
