"""The quick worker in a round: it finds what the round has changed, and may be slow to start, as the real one is."""

import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

sys.path.append(str(Path(__file__).parents[1] / "scheduling"))

import quick_worker
from tampering import tamper, value

from bertft_tui.core.paths import RunDirectory

_SLICE = 0.01


def work(seconds: float) -> None:
    """Pass time as work does: while the process is suspended none of it is done."""
    for _ in range(max(1, round(seconds / _SLICE))):
        time.sleep(min(seconds, _SLICE))


def be_worker(directory: Path, ticket: str) -> int:
    """Do what the quick worker does; return its exit code."""
    tamper()
    work(value("start_delay", 0.0))
    quick_worker.time = SimpleNamespace(sleep=work)  # type: ignore[assignment]
    return quick_worker.main(RunDirectory(directory), ticket)


if __name__ == "__main__":
    os._exit(be_worker(Path(sys.argv[2]), sys.argv[1]))
