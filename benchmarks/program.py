"""The program under measurement: in a terminal of its own, with clocks at hand."""

import select
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # the terminal is the tests' own

from terminal import Terminal

#: Columns and rows.
SIZE = (120, 40)


class Moment(NamedTuple):
    """What had passed at some moment since the program was started, in seconds."""

    processor: float
    wall: float


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has taken, in user and system mode, with its threads.

    Raises OSError when it is gone. Linux's and BSD's clock ids of processes; `/proc/PID/stat` counts hundredths only.
    """
    return time.clock_gettime((~pid << 3) | 2)


def environment(runtime: Path) -> dict[str, str | None]:
    """What keeps the program from what the user has set and does. `runtime`: a folder for its locks and settings."""
    folders = {"BERTFT_RUNTIME_DIR": str(runtime), "BERTFT_CONFIG_DIR": str(runtime)}
    return {**folders, "BERTFT_DB": None, "BERTFT_ASCII": None, "BERTFT_THEME": None}


class Program(Terminal):
    """The app on a store. Ended, not asked to leave, at the end of a `with`."""

    def __init__(self, store: Path, runtime: Path) -> None:
        runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._began = time.monotonic()
        columns, rows = SIZE
        super().__init__(
            *("-m", "bertft_tui.tui.cli.main", "--db", str(store)),
            rows=rows,
            columns=columns,
            environment=environment(runtime),
            folder=store.parent,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait(15)
        self.close()

    @property
    def now(self) -> Moment:
        """What has passed since the start."""
        return Moment(processor_seconds(self.process.pid), time.monotonic() - self._began)

    def when(self, text: str) -> Moment:
        """Wait for a text that has not been waited for, and return when it was drawn; what follows stays unread."""
        self.wait_until(lambda: text in self.drawn, text)
        return self.now

    def answer(self, seconds: float, *, quiet: float) -> tuple[float, float] | None:
        """Read what is drawn from now on until it has been `quiet` for so long.

        Returns when it began and when it ended, in seconds from now; None when nothing came in time.
        """
        asked = time.monotonic()
        first = last = 0.0
        while self._drawn_within(quiet if last else seconds - (time.monotonic() - asked)):
            last = time.monotonic() - asked
            first = first or last
        return (first, last) if last else None

    def _drawn_within(self, seconds: float) -> bool:
        """Read once; say whether anything came in time."""
        if not select.select([self.descriptor], [], [], max(0.0, seconds))[0]:
            return False
        self.read()
        return True

    def watch(self, seconds: float, each: Callable[[str, float], None]) -> None:
        """Give all that is drawn for so long to `each`, with the monotonic time at which it was read."""
        self.drawn, end = "", time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self._drawn_within(left):
                each(self.drawn, time.monotonic())
                self.drawn = ""
