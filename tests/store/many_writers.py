"""Sixty-four processes that write to one store at once.

Run as `python many_writers.py STORE WRITERS WRITES`: imports once, forks, and lets all begin together. Prints as JSON
how long each write waited, in seconds, and what went wrong.
"""

import json
import os
import sys
import time
from pathlib import Path

from bertft_tui.core.errors import BertftError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.presets import preset
from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database


def write(path: StorePath, writes: int, begin: int) -> dict[str, object]:
    """Write runs as fast as it goes, through a connection of our own."""
    config, waits, error = preset("demo").config, [], ""
    with Database.open(path) as db:
        os.read(begin, 1)
        for _ in range(writes):
            before = time.monotonic()
            try:
                commands.enqueue(db, config)
            except BertftError as failed:
                error = str(failed)
            waits.append(time.monotonic() - before)
    return {"waits": waits, "error": error}


def main(path: StorePath, writers: int, writes: int) -> int:
    """Fork the writers, let them begin, and gather what they say."""
    begin, go = os.pipe()
    answers = []
    for _ in range(writers):
        mine, theirs = os.pipe()
        if os.fork() == 0:
            os.write(theirs, json.dumps(write(path, writes, begin)).encode())
            os._exit(0)
        os.close(theirs)
        answers.append(mine)
    os.write(go, b"." * writers)
    documents = [json.loads(os.fdopen(answer).read()) for answer in answers]
    waits = [wait for document in documents for wait in document["waits"]]
    print(json.dumps({"slowest": max(waits), "errors": [each["error"] for each in documents if each["error"]]}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(StorePath(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])))
