"""Something that is done once a second, in a thread of its own."""

import sys
import threading
import traceback
from collections.abc import Callable


class Ticker:
    """Calls a function once a second, and at once when somebody asks for it. What it raises is printed, not felt."""

    def __init__(self, call: Callable[[], None], seconds: float = 1.0) -> None:
        self._call, self._seconds = call, seconds
        self._changed = threading.Condition()
        self._asked = self._answered = 0
        self._open = True
        self._said = ""
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)
        self._thread.start()

    def now(self, seconds: float) -> bool:
        """Ask for a call that begins from now on, and wait for its end, so long at most; say whether it has ended."""
        with self._changed:
            self._asked += 1
            mine = self._asked
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._answered >= mine, seconds)

    def end(self) -> None:
        """Call no more; a call under way is not waited for."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._asked > self._answered or not self._open, self._seconds)
                if not self._open:
                    return
                asked = self._asked
            self._try()
            with self._changed:
                self._answered = asked
                self._changed.notify_all()

    def _try(self) -> None:
        """Call; an error that comes again each second is printed once."""
        try:
            self._call()
        except Exception:  # noqa: BLE001 - whatever one call meets, the next second has its own
            if (text := traceback.format_exc()) != self._said:
                self._said = text
                print(text, file=sys.stderr)
