"""The scheduler as it is, but with quick workers, and three devices wherever it runs."""

import subprocess
import sys
from pathlib import Path

from bertft_tui.core.scheduling import launcher, scheduler
from bertft_tui.core.scheduling.devices import Device

QUICK_WORKER = Path(__file__).parents[1] / "scheduling" / "quick_worker.py"
DEVICES = (Device("cuda:0", "A", "GPU-a"), Device("cuda:1", "B", "GPU-b"), Device("cpu", "a processor"))


def start(words: list[str], log: Path, *, cwd: Path, environment: dict[str, str] | None = None) -> object:
    """Start a quick worker as the launcher starts the real one."""
    with log.open("ab") as output:
        command = [sys.executable, str(QUICK_WORKER), *words[1:]]
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=cwd
        )


if __name__ == "__main__":
    launcher.spawn = start  # type: ignore[assignment]
    scheduler.inventory = lambda: DEVICES  # type: ignore[attr-defined]
    raise SystemExit(scheduler.main(sys.argv[1:]))
