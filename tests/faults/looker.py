"""An open app. Run as `python looker.py STORE [--app]`.

What it does for its runs: see to it that a scheduler is at work. With `--app` it is the app, without a terminal.
"""

import subprocess
import sys
import time
from pathlib import Path

from tampering import tamper

from bertft_tui.core.errors import BertftError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import service
from bertft_tui.core.store.database import Database

QUICK_SCHEDULER = Path(__file__).with_name("quick_scheduler.py")


def spawn(words: list[str], log: Path, *, cwd: Path, environment: dict[str, str] | None = None) -> object:
    """Start the scheduler of quick workers."""
    with log.open("ab") as output:
        command = [sys.executable, str(QUICK_SCHEDULER), *words[1:]]
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=cwd
        )


def look(db: Database) -> None:
    """Look for ever; what cannot be used just now is tried again."""
    while True:
        try:
            service.ensure_running(db)
        except BertftError as error:
            print(error, file=sys.stderr, flush=True)
        time.sleep(0.2)


def open_app(db: Database) -> None:
    """Open the app itself. Raises what ended it, if that was an error."""
    from bertft_tui.tui.app import BertftApp

    app = BertftApp(db)
    app.run(headless=True)
    if app.failure is not None:
        raise app.failure


if __name__ == "__main__":
    tamper()
    service.spawn = spawn  # type: ignore[assignment]
    with Database.open(StorePath(Path(sys.argv[1]))) as store:
        (open_app if "--app" in sys.argv else look)(store)
