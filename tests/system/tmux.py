"""A terminal as people have it: tmux draws what the program sends, and what is on its screen can be read."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

#: Seconds after which what was waited for is no longer expected.
_PATIENCE = 90.0


class Tmux:
    """A program in a window of a tmux server of its own, whatever the user's tmux is like."""

    def __init__(
        self, command: list[str], *, columns: int, rows: int, environment: Mapping[str, str], folder: Path
    ) -> None:
        self._place = tempfile.mkdtemp(prefix="tmux-")  # a socket's path must be short; a test's folder is not
        self._environment = {**os.environ, **environment, "LC_ALL": "C.UTF-8"}
        self._environment.pop("TMUX", None)
        size = ["-x", str(columns), "-y", str(rows)]
        self._ask("new-session", "-d", *size, "-c", str(folder), *command)

    def _ask(self, *words: str, check: bool = True) -> str:
        """Tell tmux something; return what it answers, nothing when there is no server."""
        told = ["tmux", "-u", "-f", "/dev/null", "-S", str(Path(self._place, "socket")), *words]
        return subprocess.run(
            told, env=self._environment, capture_output=True, text=True, timeout=20, check=check
        ).stdout

    @property
    def text(self) -> str:
        """All that is on the screen."""
        return self._ask("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names for them."""
        self._ask("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type letters."""
        self._ask("send-keys", "-l", text)

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        self._ask("resize-window", "-x", str(columns), "-y", str(rows))

    def shows(self, *texts: str, without: str = "") -> str:
        """Wait until all texts are on screen, and one is not; return what is there then."""
        end = time.monotonic() + _PATIENCE
        while True:
            seen = self.text
            if all(text in seen for text in texts) and not (without and without in seen):
                return seen
            assert time.monotonic() < end, f"{texts} did not come; on screen:\n{seen}"
            time.sleep(0.1)

    def ends(self) -> None:
        """Wait until the program has ended, and tmux with it."""
        end = time.monotonic() + _PATIENCE
        while self._ask("list-sessions", check=False):
            assert time.monotonic() < end, f"it goes on:\n{self.text}"
            time.sleep(0.1)

    def close(self) -> None:
        """End the server, and with it what still runs in it."""
        self._ask("kill-server", check=False)
        shutil.rmtree(self._place)
