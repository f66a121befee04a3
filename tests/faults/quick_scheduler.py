"""The scheduler as it is, but with quick workers, and three devices wherever it runs."""

import os
import subprocess
import sys
from pathlib import Path

from tampering import tamper, value

from bertft_tui.core.forking import NO_WARM
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import launcher, requests, scheduler, warm_process, warm_start, worker_handle
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.wish import make_wish

WORKER = Path(__file__).with_name("tampered_worker.py")
DEVICES = (Device("cuda:0", "A", "GPU-a"), Device("cuda:1", "B", "GPU-b"), Device("cpu", "a processor"))


def start(words: list[str], log: Path, *, cwd: Path, environment: dict[str, str] | None = None) -> object:
    """Start a quick worker as the launcher starts the real one."""
    with log.open("ab") as output:
        command = [sys.executable, str(WORKER), *words[1:]]
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=cwd
        )


def warm_up(path: StorePath) -> None:
    """Have a warm process that forks quick workers, also while others start, and another soon after it is gone."""
    known = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), known])
    for module in (warm_process, worker_handle):
        module.WARM_MODULE = "tampered_warm"  # type: ignore[attr-defined]
    warm_start.IDLE, warm_start._SPARINGLY, warm_start._AFTER_FAILURE = 2.5, 0.1, 0.3
    scheduler.Scheduler._is_calm = lambda self: True  # type: ignore[method-assign]
    make_wish(path)


if __name__ == "__main__":
    tamper()
    if value("warm", 0):
        warm_up(StorePath(Path(sys.argv[1])))
    else:
        os.environ[NO_WARM] = "1"
    launcher.spawn = start  # type: ignore[assignment]
    scheduler.inventory = lambda: DEVICES  # type: ignore[attr-defined]
    scheduler.LINGER = 0.5  # a round ends sooner, and there are more starts to go wrong
    requests.GRACE = value("grace", requests.GRACE)
    raise SystemExit(scheduler.main(sys.argv[1:]))
