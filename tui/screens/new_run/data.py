"""A look at the data of a run to be."""

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.scheduling import helper
from bertft_tui.tui.data_words import data_view
from bertft_tui.tui.describe import problem_block
from bertft_tui.tui.format import content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.hanging import Hanging
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.widgets.lines import KeyLine

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp


class DataScreen(Screen[None]):
    """Splits, columns, labels and lengths of a data set, and one row as the model reads it."""

    SCOPE: ClassVar[Scope] = "data"
    BINDINGS: ClassVar[list[BindingType]] = bindings("data")

    def __init__(self, config: RunConfig) -> None:
        super().__init__()
        self._config = config
        self._since: float | None = time.monotonic()
        self._said = ""  # what the helper last said that it is doing

    def compose(self) -> ComposeResult:
        """Title, one scrolling text, keys."""
        yield Static(
            Content.assemble(("Data", f"{BRIGHT} bold"), content(f"  {self._config.data.dataset}", MUTED, limit=100)),
            id="form-title",
        )
        with VerticalScroll(id="data"):
            yield Static(id="data-text")
        yield KeyLine(self.SCOPE)

    def on_mount(self) -> None:
        """Ask the helper, and say how long it takes."""
        self.query_one("#data", VerticalScroll).focus()
        self.set_interval(0.5, self._tick)
        self._tick()
        self._look()

    def action_move(self, by: int) -> None:
        """Scroll by some lines."""
        self.query_one("#data").scroll_relative(y=by, animate=False)

    def action_page(self) -> None:
        """Scroll by a screen."""
        self.query_one("#data").scroll_page_down(animate=False)

    def action_back(self) -> None:
        """Go back to the settings; a look that is under way ends."""
        if self._since is not None:
            helper.end_all("The look")
        self.app.pop_screen()

    @work(group="look")
    async def _look(self) -> None:
        try:
            document = await asyncio.to_thread(cast("BertftApp", self.app).look, self._config, self._hear)
        except BertftError as error:
            self._say(problem_block(error.problem))
        else:
            self._say(data_view(document, self._config.data))
        finally:
            self._since = None

    def _hear(self, text: str) -> None:
        """Take what the helper says; it comes from another thread, and the next tick shows it."""
        self._said = text

    def _tick(self) -> None:
        if self._since is not None:
            seconds = int(time.monotonic() - self._since)
            said = content(f"  {self._said}", MUTED, limit=200)
            self._say(Content.assemble((f"Looking at the data… {seconds} s", ACCENT), said))

    def _say(self, text: Content | Hanging) -> None:
        self.query_one("#data-text", Static).update(text)
