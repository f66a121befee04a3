"""The devices, read in a thread of their own while somebody looks: a driver in trouble holds nothing else up."""

import time
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the first paint does without
    from bertft_tui.core.scheduling.readings import Readings

#: Seconds between two readings.
EVERY = 2.0


class Gauges:
    """The newest reading, and the next one on its way."""

    def __init__(self, read: Callable[[], "Readings"] | None = None) -> None:
        self._read = read
        self._thread: Thread | None = None
        self._began = -EVERY
        self.newest: Readings | None = None

    def look(self) -> "Readings | None":
        """Return the newest reading; when it is old, another one begins. None: the first is on its way."""
        now = time.monotonic()
        if now - self._began >= EVERY and (self._thread is None or not self._thread.is_alive()):
            self._began = now
            self._thread = Thread(target=self._take, name="gauges", daemon=True)
            self._thread.start()
        return self.newest

    def _take(self) -> None:
        if self._read is None:
            from bertft_tui.core.scheduling.readings import Meter

            self._read = Meter().read
        self.newest = self._read()
