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
from textual.worker import Worker

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.run_names import default_name
from bertft_tui.core.scheduling import helper
from bertft_tui.core.store import commands
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.describe import problem_block
from bertft_tui.tui.form_model import allowed, info_of, is_bounded, named_in
from bertft_tui.tui.format import content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, MUTED, TEXT, WARNING
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.messages import FieldChanged, FieldFocused
from bertft_tui.tui.screens.data import DataScreen
from bertft_tui.tui.screens.dialogs import Confirm
from bertft_tui.tui.widgets.config_form import NAME, ConfigForm
from bertft_tui.tui.widgets.lines import KeyLine

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp


#: Changed settings that a question names; of more there are dots.
_NAMES = 8


class FormScreen(Screen[None]):
    """All settings of a run to be; launches it after a check."""

    SCOPE: ClassVar[Scope] = "form"
    BINDINGS: ClassVar[list[BindingType]] = bindings("form")

    def __init__(self, config: RunConfig, origin: str, parent: RunRecord | None = None) -> None:
        super().__init__()
        self._base, self._origin, self._made_from = config, origin, parent
        self._checking_since: float | None = None
        self._check: Worker[None] | None = None  # what escape would end
        self._said = ""  # what the check last said that it is doing
        self._cursor = NAME  # where it stood when the check began
        self._judged: list[str] = []  # the texts that the message below the form is about

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
        if not self.form.rows:
            return  # the form was left before it was there
        self.form.focus_on("data.dataset" if self._made_from is None else "training.learning_rate")
        self._read()
        self.set_interval(0.5, self._tick)

    def _read(self) -> RunConfig | None:
        """Read the fields; title and suggested name follow."""
        config = self.form.read().config
        changed = len([row for row in self.form.edited if row.key != NAME])
        count = f"   {changed} changed" if changed else ""
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
        return changes or default_name(config)

    def on_field_changed(self, event: FieldChanged) -> None:
        """Say at once whether the value is allowed; what was said about another one is no longer true."""
        if self._checking_since is None and self.form.texts != self._judged:
            self._judged = []
            self._say(Content())
            self._read()
        self._help(event.key)

    def on_field_focused(self, event: FieldFocused) -> None:
        """Show the sentence of the field."""
        self._help(event.key)

    def _help(self, key: str) -> None:
        """Show the sentence of a field, and what it allows; where its value is wrong, what is wrong."""
        row = self.form.focused_row
        if row is None or row.key != key:
            return
        if key == NAME:
            text = Content.styled("What the run is called in the table; empty: what stands there in grey.", TEXT)
        else:
            takes = f"Takes {allowed(key)}." if is_bounded(key) else ""
            last = (
                content(f"\n{row.fault}", ERROR, lines=True)
                if row.fault and not self._judged
                else Content.styled(takes, MUTED)
            )
            text = Content.assemble((f"{info_of(key).description}  ", TEXT), last)
        self.query_one("#form-help", Static).update(text)

    def action_restore(self) -> None:
        """Put the focused field back to what it was."""
        if (row := self.form.focused_row) is not None:
            row.restore()

    def action_back(self) -> None:
        """End a check that is under way; else leave, and ask first when something would be lost."""
        if self._checking_since is not None:
            self._end_check()
        elif (question := self.question) is not None:
            self.app.push_screen(Confirm(question, "leave", "stay"), lambda yes: self._leave() if yes else None)
        else:
            self._leave()

    @property
    def question(self) -> str | None:
        """What to ask before the form goes; None when nothing would be lost."""
        if self._checking_since is not None:
            return "Leave during the check? Nothing is launched then."
        edited = self.form.edited
        if not edited:
            return None
        names = ", ".join(row.label for row in edited[:_NAMES]) + (", …" if len(edited) > _NAMES else "")
        return f"Leave without launching? What was changed is lost: {names}."

    def _leave(self) -> None:
        self.app.pop_screen()

    def _end_check(self) -> None:
        """End the check, unless it has passed and the run is on its way into the queue."""
        if self._check is not None:
            self._check.cancel()
            helper.end_all("The check")
            self._open_fields()
            self._judge(Content.styled("The check was ended: nothing was launched.", MUTED))

    def _open_fields(self) -> None:
        """Let the settings be changed again; the cursor is where it was."""
        self._checking_since = self._check = None
        self.form.disabled = False
        self.form.focus_on(self._cursor)

    def action_look(self) -> None:
        """Look at the data that the settings name."""
        if self._checking_since is not None:
            return
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
        self._cursor = self.form.focused_row.key if self.form.focused_row else NAME
        self.form.disabled = True  # what would be typed now would not be in the run
        self._tick()
        self._check = self._launch(checked.config, self.form.name_row.text.strip() or None)

    def _show_faults(self, faults: dict[str, str], refused: str = "Not launched: ") -> None:
        """Go to the first field that is wrong and say how many are."""
        key, fault = next(iter(faults.items()))
        self.form.focus_on(key)
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        self._judge(content(f"{refused}{key.rpartition('.')[2]} {fault}{more}", ERROR))

    @work(group="launch")
    async def _launch(self, config: RunConfig, name: str | None) -> None:
        try:
            checked = await asyncio.to_thread(self.bertft.check, config, self._hear)
            self._check = None
            run_id = await asyncio.to_thread(self._enqueue, checked.config, name)
        except BertftError as error:
            self._open_fields()
            self._show_problem(error.problem)
        else:
            # The screen goes, and this worker with it: the app must do the rest.
            self.app.call_later(self.bertft.launched, run_id, checked.warnings)

    def _show_problem(self, problem: Problem) -> None:
        """Say what the check found; go to the setting that it names, and mark it."""
        self._judge(problem_block(problem))
        if (key := named_in(problem, self.form.named_texts)) is not None:
            self.form.mark(key, problem.title)

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
            said = content(f"  {self._said}\n", MUTED, lines=True, limit=200)
            rest = ("The settings rest meanwhile; esc ends the check.", MUTED)
            self._say(Content.assemble((f"Checking data and model… {seconds} s", ACCENT), said, rest))

    def _judge(self, text: Content) -> None:
        """Say something that holds until a setting is changed."""
        self._judged = self.form.texts
        self._say(text)

    def _say(self, text: Content) -> None:
        self.query_one("#form-state", Static).update(text)
