"""From the frame to the first rows: the rest of the program is loaded meanwhile, and keys wait for it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import Event, Key
from textual.screen import Screen

from bertft_tui.tui.garbage import Tidying
from bertft_tui.tui.keys import commands
from bertft_tui.tui.widgets.lines import HeaderLine, KeyLine

#: What needs no rows.
_LEAVING = [command for command in commands("runs") if command.action == "quit"]
_LEAVING_KEYS = {key for command in _LEAVING for key in command.keys.split(",")} | {"ctrl+q", "ctrl+c"}

#: Seconds between two keys that were kept, as between those of a quick hand: one that opens a screen has opened it
#: before the next one acts there.
_APART = 0.03

#: Seconds after which the screens are loaded that nobody has asked for yet.
_QUIET = 0.3


class OpeningScreen(Screen[None]):
    """The frame of the home screen, with nothing in it yet."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(each.keys, "app.quit", show=False) for each in _LEAVING]

    def __init__(self, store: str) -> None:
        super().__init__()
        self._store = store

    def compose(self) -> ComposeResult:
        """Header and footer as they will stay."""
        yield HeaderLine()
        yield Container()
        yield KeyLine("runs")

    def on_mount(self) -> None:
        """Name the store."""
        self.query_one(HeaderLine).show_store(self._store)


class Opening:
    """The keys that were pressed before there were rows, in their order, and the loading of what shows these."""

    def __init__(self, app: App[str]) -> None:
        self._app = app
        self._held: deque[Key] = deque()
        self.is_over = False
        self.tidying = Tidying()

    async def load(self, call: Callable[[], None]) -> None:
        """Run what loads the rest of the program once the frame is on the terminal, in a thread of its own."""
        drawn = asyncio.Event()
        self._app.call_after_refresh(drawn.set)
        await drawn.wait()
        await asyncio.to_thread(call)

    def holds(self, event: Event) -> bool:
        """Keep a key for later; say whether it was kept. Leaving is possible at once."""
        if self.is_over or not isinstance(event, Key) or (event.key in _LEAVING_KEYS and not self._held):
            return False
        self._held.append(event)
        return True

    def end(self, deliver: Callable[[Key], Awaitable[None]]) -> None:
        """Deliver the keys that were kept, one after another; from then on each acts when it comes."""

        async def following() -> None:
            if self._held:
                await deliver(self._held.popleft())
                self._app.set_timer(_APART, following)
            else:
                self.is_over = True
                self.tidying.begin(self._app)
                self._app.set_timer(_QUIET, lambda: self._app.run_worker(asyncio.to_thread(_load_screens)))

        self._app.set_timer(_APART, following)


def _load_screens() -> None:
    """Load every screen that a key may open, so that none is slow the first time."""
    from importlib import import_module
    from pkgutil import iter_modules

    from bertft_tui.tui import screens

    for module in iter_modules(screens.__path__, f"{screens.__name__}."):
        import_module(module.name)
