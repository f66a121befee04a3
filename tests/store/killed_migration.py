"""A migration that is killed: `python killed_migration.py STORE N` sends itself SIGKILL before the N-th statement."""

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import Engine, event

from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.database import Database

statements = 0


@event.listens_for(Engine, "before_cursor_execute")
def _count(*_: object) -> None:
    global statements  # noqa: PLW0603  # the process lives for one migration
    statements += 1
    if statements == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)


Database.open(StorePath(Path(sys.argv[1]))).close()
print(statements)
