"""How long the garbage collector takes at a time: less than somebody who types would feel, and all of it in a pause.

A look at everything takes a tenth of a second or more, since all modules and all runs are looked at. What has
survived one look is therefore not looked at again before nobody types: screens that were closed meanwhile wait until
then.
"""

import gc
import time
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.events import Event, InputEvent

#: Seconds without a key after which nobody waits for an answer, and those between two looks whether that is so.
_PAUSE, _BETWEEN = 20.0, 5.0

#: Seconds after which everything is looked at once more though nobody has typed at all: figures came in.
_LONG = 600.0

_OLDEST = 2


class Tidying:
    """Collecting garbage at the right moments, once the program has started."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._typed_at = self._tidied_at = clock()

    def notice(self, event: Event) -> None:
        """Remember when somebody typed, or used the mouse."""
        if isinstance(event, InputEvent):
            self._typed_at = self._clock()

    def begin(self, app: App[str]) -> None:
        """Let the collector go on that was held for the start; what is there by now need not be looked at."""
        if gc.isenabled():
            return  # nobody held it back: this app is a part of another program
        gc.freeze()
        gc.enable()
        gc.callbacks.append(_leave_alone)
        app.set_interval(_BETWEEN, self.look)

    def look(self) -> None:
        """Look at everything when it is due, and nobody types."""
        now = self._clock()
        if now - self._typed_at < _PAUSE or not (self._tidied_at < self._typed_at or now - self._tidied_at > _LONG):
            return
        self._tidied_at = now
        gc.unfreeze()
        gc.collect()  # what is left is left alone again


def _leave_alone(phase: str, info: dict[str, Any]) -> None:
    """After a look at the oldest let none of what survived it be looked at again."""
    if phase == "stop" and info["generation"] == _OLDEST:
        gc.freeze()
