"""What somebody who may not write sees: `python nobody.py STORE` prints how many runs, and what a write came to."""

import os
import sys
from pathlib import Path

from bertft_tui.core.errors import BertftError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database

if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    with Database.open(StorePath(Path(sys.argv[1]))) as db:
        print(queries.count_runs(db), bool(db.read_only))
        commands.pause_queue(db, "in vain")
except BertftError as error:
    print(error.problem.title)
