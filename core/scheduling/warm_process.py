"""A warm process seen from the scheduler: started, asked for workers, and ended."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from bertft_tui import core
from bertft_tui.core.forking import LATE_VARIABLES, MAX_MESSAGE, READY, WARM_MODULE, WITHOUT_CUDA, ForkRequest
from bertft_tui.core.scheduling.children import ForkedWorker, NoAnswerError
from bertft_tui.core.scheduling.launcher import spawn

#: Seconds within which a warm process forks: usually some hundredths.
_ANSWERS_WITHIN = 1.0


class WarmProcess:
    """The process, from its start on. It ends with this one."""

    def __init__(self, environment: Mapping[str, str], log: Path, module: str | None = None) -> None:
        """Start it. `environment`: that of the workers to come; `module`: one that forks others. Raises OSError."""
        self.environment = dict(environment)
        self.is_ready = False
        self._installation = installation()
        self._began = time.monotonic()
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = spawn(
                [module or WARM_MODULE],
                log,
                cwd=Path("/"),
                environment=self.environment | WITHOUT_CUDA,
                stdin=theirs.fileno(),
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def age(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self._began

    def is_alive(self) -> bool:
        """Whether it lives; whether it is ready is seen, too."""
        if not self.is_ready:
            with suppress(OSError):
                self.is_ready = self._channel.recv(MAX_MESSAGE, socket.MSG_DONTWAIT) == READY
        return self._process.poll() is None

    def suits(self, environment: Mapping[str, str]) -> bool:
        """Whether a worker with this environment may be forked: what libraries read early has to be the same."""
        return _early(environment) == _early(self.environment)

    def is_current(self) -> bool:
        """Whether what it has imported is still what is installed."""
        return self._installation == installation()

    def fork(self, ticket: str, directory: Path, environment: Mapping[str, str], log: Path) -> ForkedWorker:
        """Have a worker forked for a run directory.

        Raises NoAnswerError when there is none, as far as can be seen; then this process has been ended. OSError
        when the log cannot be opened.
        """
        request: ForkRequest = {"ticket": ticket, "directory": str(directory), "environment": dict(environment)}
        descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            self._channel.settimeout(_ANSWERS_WITHIN)
            socket.send_fds(self._channel, [json.dumps(request).encode()], [descriptor])
            return ForkedWorker(int(self._channel.recv(MAX_MESSAGE)))
        except (OSError, ValueError) as error:
            self.end()
            raise NoAnswerError from error
        finally:
            os.close(descriptor)

    def end(self) -> None:
        """End it at once; what it has forked lives on."""
        self._channel.close()
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_ANSWERS_WITHIN)


def installation() -> tuple[object, ...]:
    """What tells the program and its libraries from other versions of them: when their files were changed last."""
    places = [sys.executable, *(place for place in sys.path if place.endswith("-packages"))]
    return (*(_changed(place) for place in places), *sorted(_sources(Path(core.__path__[0]))))


def _sources(folder: Path) -> Iterator[tuple[str, int]]:
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.path, entry.stat().st_mtime_ns
            elif entry.is_dir() and not entry.name.startswith("_"):
                yield from _sources(Path(entry.path))


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


def _early(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in LATE_VARIABLES}
