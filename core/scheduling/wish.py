"""The wish that a scheduler be at work, with a warm process: somebody is about to launch a run.

A file beside the store, which the scheduler takes away. It says by which environment variables the run will be
launched; a wish that nobody took is soon out of date.
"""

import json
import time
from contextlib import suppress

from bertft_tui.core import hub_environment
from bertft_tui.core.paths import StorePath
from bertft_tui.core.whole_file import write_whole

#: Seconds after which a wish means nothing any more.
_HOLDS = 60.0


def make_wish(path: StorePath) -> None:
    """Say that somebody is about to launch a run from this process. Raises OSError."""
    write_whole(path.wish, json.dumps(hub_environment.of_this_process()).encode())


def take_wish(path: StorePath) -> dict[str, str] | None:
    """Take the wish away, if there is one that holds; return the variables by which the Hub will be read."""
    try:
        age = time.time() - path.wish.stat().st_mtime
        said = json.loads(path.wish.read_bytes())
    except (OSError, ValueError):
        said, age = None, 0.0
    with suppress(OSError):
        path.wish.unlink()
    return hub_environment.only_known(said) if isinstance(said, dict) and age < _HOLDS else None
