"""Starting a run: the choice of a preset."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from bertft_tui.core.presets import PRESETS
from bertft_tui.tui.glyphs import BRIGHT, MUTED
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.widgets.lines import KeyLine

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp


class PresetScreen(Screen[None]):
    """The presets, each with its sentence."""

    SCOPE: ClassVar[Scope] = "presets"
    BINDINGS: ClassVar[list[BindingType]] = bindings("presets")

    def compose(self) -> ComposeResult:
        """Title, list, keys."""
        yield Static(
            Content.assemble(("New run", f"{BRIGHT} bold"), ("  from which preset?", MUTED)), id="form-title"
        )
        yield OptionList(*(_option(name) for name in PRESETS), id="presets")
        yield KeyLine(self.SCOPE)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show the preset's settings."""
        preset = PRESETS[str(event.option.id)]
        app = cast("BertftApp", self.app)
        app.pop_screen()
        app.open_form(preset.config, origin=f"preset {preset.name}")

    def action_choose(self) -> None:
        """Take the highlighted preset."""
        self.query_one(OptionList).action_select()

    def action_back(self) -> None:
        """Leave."""
        self.app.pop_screen()


def _option(name: str) -> Option:
    preset = PRESETS[name]
    return Option(Content.assemble((preset.name, f"{BRIGHT} bold"), (f"\n{preset.description}\n", MUTED)), id=name)
