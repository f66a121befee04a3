"""Plain-text snapshots: what a drawing looked like when somebody last looked at it.

`UPDATE_SNAPSHOTS=1 pytest tests/tui` writes them anew; read the difference before it is committed.
"""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

#: Seconds in which a screen comes to rest; a moment in which it does not change.
DEADLINE, MOMENT = 10.0, 0.3

FOLDER = Path(__file__).parent / "snapshots"


async def comes_to_match(name: str, drawn: Callable[[], str]) -> None:
    """Compare what is drawn with its snapshot, once it is all there: after a change of size that takes its time."""
    end = time.monotonic() + DEADLINE
    if os.environ.get("UPDATE_SNAPSHOTS"):
        before = ""
        while before != (before := drawn()) and time.monotonic() < end:
            await asyncio.sleep(MOMENT)
    else:
        while _normal(drawn()) != _kept(name) and time.monotonic() < end:
            await asyncio.sleep(0.02)
    assert_matches(name, drawn())


def _normal(text: str) -> str:
    """Blanks at the ends do not count."""
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines()) + "\n"


def _kept(name: str) -> str:
    file = FOLDER / f"{name}.txt"
    assert file.is_file(), f"there is no snapshot {name}; UPDATE_SNAPSHOTS=1 writes one"
    return file.read_text(encoding="utf-8")


def assert_matches(name: str, text: str) -> None:
    """Compare a text with its snapshot."""
    if os.environ.get("UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.txt").write_text(_normal(text), encoding="utf-8")
    assert _normal(text) == _kept(name)
