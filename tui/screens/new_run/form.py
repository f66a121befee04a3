"""Starting a run: its settings."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from bertft_tui.core.config import SECTIONS, RunConfig
from bertft_tui.core.run_names import default_name
from bertft_tui.core.store.new_runs import offered_experiment
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.form.origin import Origin
from bertft_tui.tui.form.reading import Checked
from bertft_tui.tui.form.sentences import Present, help_of
from bertft_tui.tui.format import content
from bertft_tui.tui.glyphs import BRIGHT, MUTED, TEXT, WARNING
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.messages import FieldChanged, FieldFocused
from bertft_tui.tui.screens.new_run.data import DataScreen
from bertft_tui.tui.screens.new_run.surveying import Surveying
from bertft_tui.tui.widgets.fold import Fold
from bertft_tui.tui.widgets.launch_line import LaunchLine
from bertft_tui.tui.widgets.lines import KeyLine


class FormScreen(Surveying):
    """All settings of a run to be; launches it after a check."""

    SCOPE: ClassVar[Scope] = "form"
    BINDINGS: ClassVar[list[BindingType]] = bindings("form")

    def __init__(
        self,
        config: RunConfig,
        origin: Origin,
        parent: RunRecord | None = None,
        texts: Mapping[str, str] | None = None,
        *,
        draft_of: Origin | None = None,
    ) -> None:
        super().__init__(config, origin, parent, texts)
        self._draft_of = draft_of or origin  # the origin that the draft is kept under
        self._texts = texts
        self._changes = dict(texts or {})
        self._advised = self._changes if draft_of is None else {}

    def compose(self) -> ComposeResult:
        """Title, fields, help for the focused one, what the check says, the launch, keys."""
        yield Static(id="form-title")
        with Horizontal(id="form-panes"):
            with Vertical(id="form-left"):
                yield self.form
                yield Static(id="form-help")
            with VerticalScroll(id="form-preflight", can_focus=False):
                yield Static(id="form-ahead")
        yield Static(id="form-state")
        yield LaunchLine()
        yield KeyLine(self.SCOPE)

    def on_mount(self) -> None:
        """Begin at the first setting that people change."""
        if not self.form.is_attached:
            return  # the form was left before it was there
        self.bertft.expect_launch()
        first = "data.dataset" if self._made_from is None else "training.learning_rate"
        self.form.focus_on(next(iter(self._texts or [first])))
        self.begin_survey()
        self.read()
        self.set_interval(0.5, self.show_check)

    def read(self) -> Checked:
        """Read the fields; title, suggestions and the launch line follow."""
        self._checked = self.form.read()
        changed = len(self.form.edited)
        title = Content.assemble(
            ("New run", f"{BRIGHT} bold"),
            content(f"  from {self.origin.words}", MUTED, limit=100),
            (f"   {changed} changed" if changed else "", WARNING),
        )
        self.query_one("#form-title", Static).update(title, layout=False)
        self._suggest()
        self.survey_soon()
        self.show_ahead()
        return self._checked

    def _suggest(self) -> None:
        """Show in grey what the runs are called when nothing is typed."""
        grid = self._checked.grid
        if grid is None:
            return
        changes = "; ".join(str(change) for change in self._base.diff(grid.first)) if self._made_from else ""
        self.form.name_row.suggest(grid.words(grid.first) or changes or default_name(grid.first))
        if (row := self.form.row("experiment")) is not None:
            own = self._made_from.experiment if self._made_from is not None else None
            row.suggest(own or offered_experiment(grid))

    def on_field_changed(self, event: FieldChanged) -> None:
        """Say at once whether the value is allowed; what was said about another one is no longer true."""
        if self._checking_since is None and self.form.texts != self._judged:
            self._judged = {}
            self.say(Content())
            self.read()
        self.draft_soon()
        self.bertft.expect_launch()
        self.show_help(event.key)

    def on_field_focused(self, event: FieldFocused) -> None:
        """Show the sentence of the field."""
        self.bertft.expect_launch()
        self.show_help(event.key)

    def on_descendant_focus(self) -> None:
        """Say what a line that opens others is for."""
        stop = self.form.focused_stop
        if isinstance(stop, Fold):
            words = f"Settings of {stop.section} that are rarely changed: enter opens them, ctrl+g from anywhere."
            self.put("#form-help", Content.styled(words, TEXT))

    def show_help(self, key: str) -> None:
        """Show the sentence of a field, and what it allows, unless the row says that of a value that is wrong."""
        row = self.form.focused_row
        if row is None or row.key != key:
            return
        text = help_of(key, row.text, Present(self._checked.grid, self.origin.words, self.form.before, self.found))
        is_said = text.takes == f"Takes {row.fault.removeprefix('must be ')}."
        self.put(
            "#form-help",
            Content.assemble(
                (f"{row.label}: ", f"{BRIGHT} bold"),
                (f"{text.description}  ", TEXT),
                content(f"{text.meaning}  " if text.meaning else "", BRIGHT),
                (text.takes if not is_said else "", MUTED),
            ),
        )

    def action_restore(self) -> None:
        """Put the focused field back to what it was."""
        if (row := self.form.focused_row) is not None:
            row.restore()

    def action_undo(self) -> None:
        """Take the last change of a field back."""
        if self._checking_since is None and not self.form.undo():
            self.notify("Nothing was changed: there is nothing to take back.", severity="warning", markup=False)

    def action_fold(self) -> None:
        """Show or hide what is rarely changed in the section under the cursor."""
        stop = self.form.focused_stop
        key = getattr(stop, "key", "") or f"{getattr(stop, 'section', '')}."
        section = key.partition(".")[0]
        if "." in key and section in SECTIONS:
            line = self.query_one(f"#fold-{section}", Fold)
            self._fold(section, not line.is_open)
        else:
            self.notify("What is said about a run is always in sight.", severity="warning", markup=False)

    def on_fold_asked(self, event: Fold.Asked) -> None:
        """Show or hide what is rarely changed in a section."""
        self._fold(event.section, event.wanted)

    def _fold(self, section: str, wanted: bool) -> None:
        stays = self.form.fold(section, wanted=wanted)
        if stays:
            names = ", ".join(stays[:4]) + (", …" if len(stays) > 4 else "")
            verb = "differs from its default and stays" if len(stays) == 1 else "differ from their defaults and stay"
            self.notify(f"{names} {verb} in sight.", severity="warning", markup=False)

    def action_jump(self, by: int) -> None:
        """Go to another section."""
        self.form.jump(by)

    def action_back(self) -> None:
        """End a check that is under way; else leave: what was changed is kept as a draft."""
        if self._checking_since is not None:
            self.end_check()
            return
        if self.keep_draft():
            names = ", ".join(row.label for row in self.form.edited[:4]) + (
                ", …" if len(self.form.edited) > 4 else ""
            )
            self.notify(f"Kept as a draft: {names}. New run offers it again.", markup=False)
        self.app.pop_screen()

    @property
    def question(self) -> str | None:
        """What to ask before the app closes; None when nothing would be lost."""
        return "Leave during the check? Nothing is launched then." if self._checking_since is not None else None

    def action_look(self) -> None:
        """Look at the data that the settings name."""
        if self._checking_since is not None:
            return
        checked = self.read()
        if checked.config is None:
            self.show_faults(checked.faults, "No look at the data: ")
        else:
            self.app.push_screen(DataScreen(checked.config))
