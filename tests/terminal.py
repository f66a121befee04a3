"""A terminal for tests and benchmarks: a program on a pseudo-terminal, typed into, read and torn away."""

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

# A session leader takes the terminal as its own, so that closing it hangs up on the program, as ssh or tmux would.
_TAKE_TERMINAL = (
    "import fcntl,os,sys,termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


def _environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """Nobody's idea of the terminal's size but the terminal's own. What is changed to None is not there."""
    changed = {**os.environ, "TERM": "xterm-256color", "COLUMNS": None, "LINES": None, **changes}
    return {name: value for name, value in changed.items() if value is not None}


class Terminal:
    """A running program and what it has drawn so far."""

    def __init__(
        self,
        *arguments: str,
        rows: int = 30,
        columns: int = 110,
        environment: Mapping[str, str | None] = MappingProxyType({}),
        folder: Path | None = None,
    ) -> None:
        self.drawn = ""
        self._master, slave = pty.openpty()
        self.resize(rows, columns)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _TAKE_TERMINAL, sys.executable, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env=_environment(environment),
            cwd=folder,
        )
        os.close(slave)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size, as dragging a corner of its window does."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    @property
    def descriptor(self) -> int:
        """The end of the terminal at which the program's output is read."""
        return self._master

    def read(self) -> str:
        """Take what there is to read by now; return all that was drawn since the last wait."""
        self._read()
        return self.drawn

    def wait_for(self, text: str) -> None:
        """Wait until a text has been drawn since the last such wait."""
        self.wait_until(lambda: text in self.drawn, text)
        self.drawn = ""

    def wait_until(self, condition: Callable[[], object], what: str, seconds: float = 90) -> None:
        """Wait until something holds; the program's output is read meanwhile, or it would block."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{what!r} did not come: {self.drawn[-3000:]!r}"
            self._read()

    def _read(self) -> None:
        """Take what the program has drawn; once it has gone, Linux gives an error for the end of the file."""
        if select.select([self._master], [], [], 0.1)[0]:
            with contextlib.suppress(OSError):
                self.drawn += os.read(self._master, 65536).decode(errors="replace")

    def close(self) -> None:
        """Close the terminal."""
        os.close(self._master)

    def tear_away(self) -> int:
        """Close the terminal under the program; return how the program ended."""
        self.close()
        return self.process.wait(15)
