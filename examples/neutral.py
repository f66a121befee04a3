"""What is taken out of a store before it is shown to everybody, and the check that nothing of it was overlooked."""

import getpass
import json
import platform
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

#: Seconds between two measurements of a worker that are kept: enough for a curve of a minute or two.
_VITALS_APART = 6

#: Kept of what an attempt says of its machine: without the processor nobody could tell what a duration means.
#: The kernel's build is left out.
_MACHINE = ("cpu", "cores", "memory")


def leave_out_what_is_personal(file: Path) -> None:
    """Take out what means something on one machine alone, or names it or whoever uses it.

    Process ids, the host's name and the boot's id name a machine that nobody else has; where the Hub's cache lies
    names a home. Each is left empty, which every screen says as "unknown" or not at all: another value would be
    made up. Figures, curves, predictions, times, versions and the processor stay as they were measured.
    """
    with closing(sqlite3.connect(file)) as store:
        store.execute("UPDATE run SET hub_environment = NULL, attempt_monotonic = NULL")
        store.execute("UPDATE attempt SET pid = NULL, host = NULL, boot_id = NULL")
        store.execute("DELETE FROM meta WHERE key LIKE '%boot%'")
        _rewrite(store, "attempt", _neutral_attempt)
        store.execute(
            "DELETE FROM vital WHERE EXISTS (SELECT 1 FROM vital AS other WHERE other.run_key = vital.run_key AND "
            f"other.milliseconds / {1000 * _VITALS_APART} = vital.milliseconds / {1000 * _VITALS_APART} AND "
            "other.milliseconds > vital.milliseconds)"
        )
        store.commit()
        store.execute("PRAGMA optimize")
        store.execute("VACUUM")


def _rewrite(store: sqlite3.Connection, kind: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    rows = store.execute("SELECT run_key, seq, fields FROM event WHERE type = ?", (kind,)).fetchall()
    for run_key, seq, fields in rows:
        changed = json.dumps(change(json.loads(fields)))
        store.execute("UPDATE event SET fields = ? WHERE run_key = ? AND seq = ?", (changed, run_key, seq))


def _neutral_attempt(fields: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in fields.items() if name not in ("pid", "host", "boot_id", "machine")}
    machine = {name: value for name, value in fields.get("machine", {}).items() if name in _MACHINE}
    return kept | {"machine": {"os": platform.system(), **machine}}


def refuse_what_is_left(file: Path, folder: Path) -> None:
    """See that the store names neither this machine nor its user nor a place on it. Raises SystemExit."""
    content = file.read_bytes()
    names = {socket.gethostname(), str(folder), str(Path.home()), sys.prefix, str(Path(__file__).parent.parent)}
    if len(user := getpass.getuser()) > 4:  # a short one, as `root`, is part of other words
        names.add(user)
    if found := sorted(name for name in names if len(name) > 3 and name.encode() in content):
        sys.exit(f"{file} still names {', '.join(found)}: `neutral.py` has to leave that out too.")
