"""What the processes of a round find changed about their machine. Small files in the runtime folder say it."""

import os
import time
from pathlib import Path

from bertft_tui.core import boot

_real_time, _REAL_BOOT = time.time, boot._LINUX


def value(name: str, default: float, folder: Path | None = None) -> float:
    """Return a number that the round has set: `clock`, `start_delay`, `grace`."""
    try:
        return float(((folder or _folder()) / name).read_text())
    except (FileNotFoundError, ValueError):  # not set, or just being written
        return default


def tamper(folder: Path | None = None) -> None:
    """Let this process see the boot that the round has set, and the clock; the monotonic one goes on as ever."""
    folder = folder or _folder()
    time.time = lambda: _real_time() + value("clock", 0.0, folder)
    boot._LINUX = told if (told := folder / "boot_id").exists() else _REAL_BOOT


def untamper() -> None:
    """Take that back."""
    time.time, boot._LINUX = _real_time, _REAL_BOOT


def _folder() -> Path:
    return Path(os.environ["BERTFT_RUNTIME_DIR"])
