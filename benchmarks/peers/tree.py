"""Runs a command and waits for all that it leaves behind; says how much processor time they took together.

    python -m benchmarks.peers.tree RESULT COMMAND…

Whatever outlives the command becomes a child of this process (Linux), so a service in the background counts too.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

#: Linux: orphans below this process become its children.
_SUBREAPER = 36


def main(result: Path, command: list[str]) -> int:
    """Return the exit code of the command when no process of it is left."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    code = subprocess.call(command)
    with suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    result.write_text(json.dumps(used.ru_utime + used.ru_stime), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
