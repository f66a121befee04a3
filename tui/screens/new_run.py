"""Starting a run: its settings, the check, the launch."""

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.scheduling import helper
from bertft_tui.core.store import commands
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.describe import problem_block
from bertft_tui.tui.form_model import allowed, info_of, is_bounded
from bertft_tui.tui.format import content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, MUTED, TEXT, WARNING
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.messages import FieldChanged, FieldFocused
from bertft_tui.tui.screens.data import DataScreen
from bertft_tui.tui.widgets.config_form import NAME, ConfigForm
from bertft_tui.tui.widgets.lines import KeyLine

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp


class FormScreen(Screen[None]):
    """All settings of a run to be; launches it after a check."""

    SCOPE: ClassVar[Scope] = "form"
    BINDINGS: ClassVar[list[BindingType]] = bindings("form")

    def __init__(self, config: RunConfig, origin: str, parent: RunRecord | None = None) -> None:
        super().__init__()
        self._base, self._origin, self._made_from = config, origin, parent
        self._checking_since: float | None = None
        self._said = ""  # what the check last said that it is doing

    @property
    def bertft(self) -> "BertftApp":
        """The app, by its own type."""
        return cast("BertftApp", self.app)

    @property
    def form(self) -> ConfigForm:
        """The fields."""
        return self.query_one(ConfigForm)

    def compose(self) -> ComposeResult:
        """Title, fields, help for the focused one, what the check says, keys."""
        yield Static(id="form-title")
        yield ConfigForm(self._base)
        yield Static(id="form-help")
        yield Static(id="form-state")
        yield KeyLine(self.SCOPE)

    def on_mount(self) -> None:
        """Begin at the first setting that people change."""
        self._read()
        self.form.focus_on("data.dataset" if self._made_from is None else "training.learning_rate")
        self.set_interval(0.5, self._tick)

    def _read(self) -> RunConfig | None:
        """Read the fields; title and suggested name follow."""
        config = self.form.read().config
        changes = self._base.diff(config) if config else ()
        count = f"   {len(changes)} changed" if changes else ""
        self.query_one("#form-title", Static).update(
            Content.assemble(
                ("New run", f"{BRIGHT} bold"),
                content(f"  from {self._origin}", MUTED, limit=100),
                (count, WARNING),
            )
        )
        if config is not None:
            self.form.name_row.suggest(self._suggested_name(config))
        return config

    def _suggested_name(self, config: RunConfig) -> str:
        """What a run without a typed name is called: what changed from its parent, else what it is."""
        changes = "; ".join(str(change) for change in self._base.diff(config)) if self._made_from else ""
        return changes or commands.default_name(config)

    def on_field_changed(self, event: FieldChanged) -> None:
        """Say at once whether the value is allowed."""
        self._read()

    def on_field_focused(self, event: FieldFocused) -> None:
        """Show the sentence of the field, and what it allows."""
        if event.key == NAME:
            text = Content.styled("What the run is called in the table; empty: what stands there in grey.", TEXT)
        else:
            takes = f"Takes {allowed(event.key)}." if is_bounded(event.key) else ""
            text = Content.assemble((f"{info_of(event.key).description}  ", TEXT), (takes, MUTED))
        self.query_one("#form-help", Static).update(text)

    def action_restore(self) -> None:
        """Put the focused field back to what it was."""
        if (row := self.form.focused_row) is not None:
            row.restore()

    def action_back(self) -> None:
        """Leave without launching; a check that is under way ends."""
        helper.end_all()
        self.app.pop_screen()

    def action_look(self) -> None:
        """Look at the data that the settings name."""
        checked = self.form.read()
        if checked.config is None:
            self._show_faults(checked.faults, "No look at the data: ")
        else:
            self.app.push_screen(DataScreen(checked.config))

    def action_launch(self) -> None:
        """Check the settings and put the run into the queue."""
        if self._checking_since is not None:
            return
        checked = self.form.read()
        if checked.config is None:
            self._show_faults(checked.faults)
            return
        self._checking_since, self._said = time.monotonic(), ""
        self._tick()
        self._launch(checked.config, self.form.name_row.text.strip() or None)

    def _show_faults(self, faults: dict[str, str], refused: str = "Not launched: ") -> None:
        """Go to the first field that is wrong and say how many are."""
        key, fault = next(iter(faults.items()))
        self.form.focus_on(key)
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        self._say(content(f"{refused}{key.rpartition('.')[2]} {fault}{more}", ERROR))

    @work(group="launch")
    async def _launch(self, config: RunConfig, name: str | None) -> None:
        try:
            checked = await asyncio.to_thread(self.bertft.check, config, self._hear)
            run_id = await asyncio.to_thread(self._enqueue, checked.config, name)
        except BertftError as error:
            self._say(problem_block(error.problem))
        else:
            # The screen goes, and this worker with it: the app must do the rest.
            self.app.call_later(self.bertft.launched, run_id, checked.warnings)
        finally:
            self._checking_since = None

    def _enqueue(self, config: RunConfig, name: str | None) -> str:
        """Put the run into the queue and wake the scheduler."""
        run_id = commands.enqueue(self.bertft.db, config, name=name, parent=self._made_from)
        self.bertft.wake(self.bertft.db)
        return run_id

    def _hear(self, text: str) -> None:
        """Take what the check says; it comes from another thread, and the next tick shows it."""
        self._said = text

    def _tick(self) -> None:
        if self._checking_since is not None:
            seconds = int(time.monotonic() - self._checking_since)
            said = content(f"  {self._said}", MUTED, limit=200)
            self._say(Content.assemble((f"Checking data and model… {seconds} s", ACCENT), said))

    def _say(self, text: Content) -> None:
        self.query_one("#form-state", Static).update(text)
