"""An app that is there at once: its frame is drawn first, and what its rows need is loaded behind it."""

from collections.abc import Mapping
from typing import Any

from textual.events import Event
from textual.screen import Screen

from bertft_tui.tui.form_app import FormApp
from bertft_tui.tui.opening import Opening, OpeningScreen


class OpeningApp(FormApp):
    """Furnishes itself before it is run, or with `frame_first` when its frame is on the terminal."""

    def __init__(self, overrides: Mapping[str, Any] | None = None, *, frame_first: bool = False) -> None:
        super().__init__(overrides)
        self._opening = Opening(self) if frame_first else None

    @property
    def store_name(self) -> str:
        """What the frame says beside the program's name."""
        raise NotImplementedError

    def furnish(self) -> None:
        """Load what the home screen needs. With `frame_first` it runs in a thread."""
        raise NotImplementedError

    def begin(self) -> None:
        """Begin to look at the store. A call of `enter` follows, when there is something to show."""
        raise NotImplementedError

    def new_home(self) -> Screen[Any]:
        """The home screen."""
        raise NotImplementedError

    @property
    def opened(self) -> bool:
        """Whether keys act at once: the first rows are there, or the word that there are none."""
        return self._opening is None or self._opening.is_over

    def get_default_screen(self) -> Screen[Any]:
        """Home, or its frame."""
        return self.new_home() if self._opening is None else OpeningScreen(self.store_name)

    def on_mount(self) -> None:
        """Begin, or load first what is missing behind the frame."""
        self.ask_background()
        if self._opening is None:
            self.begin()
        else:
            self.run_worker(self._open(self._opening))

    async def _open(self, opening: Opening) -> None:
        await opening.load(self.furnish)
        self.begin()

    async def enter(self) -> None:
        """Put the home screen into its frame, once, and let the keys act that waited for it."""
        if self._opening is not None and isinstance(self.screen_stack[0], OpeningScreen):
            self.screen._push_result_callback(self.screen, None)  # Textual gives the first screen none, and takes one
            await self.switch_screen(self.new_home())
            self._opening.end(super().on_event)

    async def on_event(self, event: Event) -> None:
        """Keep the keys that come before there is anything that they could act on."""
        if self._opening is not None:
            self._opening.tidying.notice(event)
            if self._opening.holds(event):
                return
        await super().on_event(event)
