"""The scheduler as it is, but with quick workers, and three devices wherever it runs."""

import subprocess
import sys
from pathlib import Path

from tampering import tamper, value

from bertft_tui.core.scheduling import launcher, requests, scheduler
from bertft_tui.core.scheduling.devices import Device

WORKER = Path(__file__).with_name("tampered_worker.py")
DEVICES = (Device("cuda:0", "A", "GPU-a"), Device("cuda:1", "B", "GPU-b"), Device("cpu", "a processor"))


def start(words: list[str], log: Path, *, cwd: Path, environment: dict[str, str] | None = None) -> object:
    """Start a quick worker as the launcher starts the real one."""
    with log.open("ab") as output:
        command = [sys.executable, str(WORKER), *words[1:]]
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=cwd
        )


if __name__ == "__main__":
    tamper()
    launcher.spawn = start  # type: ignore[assignment]
    scheduler.inventory = lambda: DEVICES  # type: ignore[attr-defined]
    scheduler.LINGER = 0.5  # a round ends sooner, and there are more starts to go wrong
    requests.GRACE = value("grace", requests.GRACE)
    raise SystemExit(scheduler.main(sys.argv[1:]))
