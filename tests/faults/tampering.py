"""What the processes of a round find changed about their machine. Small files in the runtime folder say it."""

import os
import time
from pathlib import Path

from bertft_tui.core import boot

_real_time = time.time


def value(name: str, default: float, folder: Path | None = None) -> float:
    """Return a number that the round has set: `clock`, `start_delay`, `grace`."""
    try:
        return float(((folder or _folder()) / name).read_text())
    except (FileNotFoundError, ValueError):  # not set, or just being written
        return default


def tamper() -> None:
    """Let this process see the boot and the clock that the round has set."""
    if (told := _folder() / "boot_id").exists():
        boot._LINUX = told
    shift_clock(_folder())


def shift_clock(folder: Path) -> None:
    """Move this process's clock as a folder says; the monotonic one goes on as ever."""
    time.time = lambda: _real_time() + value("clock", 0.0, folder)


def right_clock() -> None:
    """Take that back."""
    time.time = _real_time


def _folder() -> Path:
    return Path(os.environ["BERTFT_RUNTIME_DIR"])
