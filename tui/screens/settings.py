"""The settings of the app: one line each, and what is changed is seen at once."""

from typing import TYPE_CHECKING, ClassVar, cast

from pydantic import ValidationError
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from bertft_tui.core.paths import settings_file
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.format import content
from bertft_tui.tui.glyphs import (
    BRIGHT,
    ERROR,
    EVALUATION,
    LOSS,
    METRIC,
    MUTED,
    STATUS_COLOURS,
    TEXT,
    WARNING,
    glyphs,
)
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.messages import FieldChanged, FieldFocused
from bertft_tui.tui.offered_settings import Offer, offers
from bertft_tui.tui.run_colours import COUNT, colour_of
from bertft_tui.tui.settings import DEFAULTS
from bertft_tui.tui.widgets.lines import KeyLine
from bertft_tui.tui.widgets.setting_row import SettingRow

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp


class SettingsScreen(Screen[None]):
    """Every setting with its value, help for the one under the cursor, and a sample of what the theme looks like."""

    SCOPE: ClassVar[Scope] = "settings"
    BINDINGS: ClassVar[list[BindingType]] = bindings("settings")
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-high")]  # noqa: RUF012 - Textual's own declaration

    @property
    def bertft(self) -> "BertftApp":
        """The app, by its own type."""
        return cast("BertftApp", self.app)

    @property
    def rows(self) -> list[SettingRow]:
        """The rows from the top."""
        return list(self.query(SettingRow))

    @property
    def focused_row(self) -> SettingRow | None:
        """The row that the cursor stands on."""
        return next((row for row in self.rows if row.field is self.focused), None)

    def compose(self) -> ComposeResult:
        """Title, rows, help, sample, keys."""
        self._offers = {offer.name: offer for offer in offers(self.bertft.snapshot.runs, self.bertft.settings)}
        file = content(f"  kept in {settings_file()}", MUTED, limit=300)
        yield Static(Content.assemble(("Settings", f"{BRIGHT} bold"), file), id="form-title")
        with VerticalScroll(id="settings", can_focus=False):
            for offer in self._offers.values():
                yield SettingRow(offer.name, offer.text(DEFAULTS), offer.options)
        yield Static(id="form-help")
        yield Static(_sample(), id="sample")
        yield KeyLine(self.SCOPE)

    def on_mount(self) -> None:
        """Show what is set; the mark stands before what is not the default."""
        for row in self.rows:
            row.rename(self._offers[row.key].label)
            row.field.value = self._offers[row.key].text(self.bertft.settings)
        if self.rows:
            self.set_focus(self.rows[0].field)

    def on_field_changed(self, event: FieldChanged) -> None:
        """Let the change hold at once, or say beside it what is wrong with it."""
        offer, row = self._offers[event.key], self._row(event.key)
        if event.text == offer.text(self.bertft.settings):
            row.show_fault("")
            return
        try:
            self.bertft.put_settings({offer.name: offer.value(event.text)})
        except ValidationError as error:
            row.show_fault(error.errors()[0]["msg"].removeprefix("Value error, "))
        else:
            row.show_fault("")
            self.query_one("#sample", Static).update(_sample())
        self._help(offer)

    def on_field_focused(self, event: FieldFocused) -> None:
        """Say what the setting does."""
        self._help(self._offers[event.key])

    def _help(self, offer: Offer) -> None:
        asked = self.bertft.is_asked_for(offer.name)
        also = ("  The command line has said this for now; what you change here is kept.", WARNING) if asked else ""
        self.query_one("#form-help", Static).update(Content.assemble((offer.help, TEXT), also))

    def _row(self, name: str) -> SettingRow:
        return next(row for row in self.rows if row.key == name)

    def action_move(self, by: int) -> None:
        """Move the cursor by some settings."""
        rows = self.rows
        here = rows.index(self.focused_row) if self.focused_row else 0
        self.set_focus(rows[min(max(here + by, 0), len(rows) - 1)].field)

    def action_restore(self) -> None:
        """Put the setting under the cursor back to its default."""
        if (row := self.focused_row) is not None:
            self.bertft.reset_setting(row.key)
            row.restore()
            row.show_fault("")
            self.query_one("#sample", Static).update(_sample())

    def action_back(self) -> None:
        """Leave."""
        self.app.pop_screen()


def _sample() -> Content:
    """What says something in colour, in the colours of the theme that is chosen."""
    statuses = [Content.styled(f"{glyphs().status[status]} {status}", STATUS_COLOURS[status]) for status in RunStatus]
    curves = [("loss", LOSS), ("evaluation", EVALUATION), ("metric", METRIC), ("warning", WARNING), ("error", ERROR)]
    words = [Content.styled(word, colour) for word, colour in curves]
    runs = [Content.styled(glyphs().point, colour_of(number)) for number in range(COUNT)]
    return Content("\n").join(
        [Content("  ").join(statuses), Content("  ").join([*words, Content(" ").join(runs)])],
    )
