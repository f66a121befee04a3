"""The line that stands for the settings of a section that are rarely changed."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive

from bertft_tui.tui.glyphs import ACCENT, MUTED, glyphs
from bertft_tui.tui.widgets.own_keys import OwnKeys


class Fold(OwnKeys, can_focus=True):
    """`more …`: enter, space or an arrow opens and closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "turn", show=False),
        Binding("right", "fold(True)", show=False),
        Binding("left", "fold(False)", show=False),
    ]

    is_open: reactive[bool] = reactive(False)

    class Asked(Message):
        """Somebody wants the settings of a section shown or hidden."""

        def __init__(self, section: str, wanted: bool) -> None:
            super().__init__()
            self.section, self.wanted = section, wanted

    def __init__(self, section: str, names: list[str], is_open: bool) -> None:
        super().__init__(id=f"fold-{section}")
        self.section, self._names = section, names
        self.set_reactive(Fold.is_open, is_open)

    def render(self) -> Content:
        """Their names, as far as they fit."""
        mark = glyphs().down if self.is_open else glyphs().cursor
        words = "less" if self.is_open else "more: "
        names = "" if self.is_open else ", ".join(self._names)
        return Content.assemble(
            (f"{mark} ", ACCENT), (words, MUTED if not self.has_focus else ACCENT), (names, MUTED)
        )

    def action_turn(self) -> None:
        """Open, or close."""
        self.action_fold(not self.is_open)

    def action_fold(self, wanted: bool) -> None:
        """Open or close."""
        self.post_message(self.Asked(self.section, wanted))

    def on_click(self, event: Click) -> None:
        """Open or close by mouse."""
        event.stop()
        self.action_turn()
