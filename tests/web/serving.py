"""`bertft-tui serve` as a process, for tests that open its page."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DEADLINE = 30.0


@dataclass(frozen=True)
class Served:
    """A server that listens."""

    process: subprocess.Popen[str]
    address: str

    @property
    def origin(self) -> str:
        """The address without its key."""
        return f"http://{urlsplit(self.address).netloc}"

    def interrupt(self) -> int:
        """Press ctrl-C, and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(DEADLINE)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def command(store: Path, port: int, *options: str) -> list[str]:
    """The command line that serves a store."""
    words = ["serve", "--port", str(port), "--db", str(store), *options]
    return [sys.executable, "-P", "-m", "bertft_tui.tui.cli.main", *words]


@contextmanager
def served(store: Path) -> Iterator[Served]:
    """Serve a store; wait until the address is printed."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command(store, free_port()), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        yield Served(process, process.stdout.readline().split()[-1])
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def sessions(store: Path) -> list[int]:
    """The processes of the tabs that show a store."""
    import psutil

    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if str(store) in words and "bertft_tui.tui.web.session" in words:
            found.append(process.pid)
    return found


def wait_until_none(store: Path) -> None:
    """Wait until the processes of all tabs have gone."""
    end = time.monotonic() + DEADLINE
    while sessions(store):
        assert time.monotonic() < end, "a tab's process is left"
        time.sleep(0.05)
