"""Damage to a store that is in use, done by another process: this one must not open the file beside SQLite."""

import subprocess
import sys

from bertft_tui.core.paths import StorePath

#: Brings the log into the file, then writes random bytes over every page but the one that has the list of tables.
_DAMAGE = """
import random, sqlite3, sys
from pathlib import Path
connection = sqlite3.connect(sys.argv[1])
assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
size = connection.execute("PRAGMA page_size").fetchone()[0]
connection.close()
pages = Path(sys.argv[1]).stat().st_size // size
with Path(sys.argv[1]).open("rb+") as file:
    for page in range(1, pages):
        file.seek(page * size)
        file.write(random.Random(page).randbytes(size))
"""


def damage_in_use(path: StorePath) -> None:
    """Overwrite the pages of a store in place while processes have it open."""
    subprocess.run([sys.executable, "-c", _DAMAGE, path.file], check=True)
