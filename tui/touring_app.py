"""An app that leads through itself once: on the first start with an empty store, and whenever somebody asks."""

from typing import TYPE_CHECKING, ClassVar

from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input

from bertft_tui.tui.settled_app import SettledApp
from bertft_tui.tui.widgets.lines import KeyLine
from bertft_tui.tui.widgets.tour_line import TourLine

if TYPE_CHECKING:
    from bertft_tui.tui.snapshot import Snapshot
    from bertft_tui.tui.tour import Tour

#: Seconds between two looks at what somebody has done.
_EVERY = 0.2


class TouringApp(SettledApp):
    """Shows the next step on every screen until all are done, or somebody has had enough."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave_welcome", show=False, priority=True),  # an empty table has nothing else to leave
    ]

    tour: "Tour | None" = None
    snapshot: "Snapshot"
    _guiding: Timer | None = None

    def welcome(self) -> None:
        """Begin the tour where nobody has been before: once, in an empty store."""
        snapshot = self.snapshot
        is_empty = snapshot.revision >= 0 and not snapshot.runs and not snapshot.trash
        if is_empty and self.tour is None and not self.settings.tour_seen:
            self._begin_tour()

    def action_tour(self) -> None:
        """Show the tour, from its beginning."""
        while isinstance(self.screen, ModalScreen):
            self.pop_screen()
        self._begin_tour()

    def action_leave_tour(self) -> None:
        """Show the tour no longer."""
        if self.tour is None:
            raise SkipAction
        self._end_tour()
        self.notify("The help shows the tour again.", timeout=3, markup=False)

    def action_leave_welcome(self) -> None:
        """Show the tour no longer, where it fills the screen; elsewhere the key has other meanings."""
        if not self._is_welcoming or isinstance(self.focused, Input):
            raise SkipAction
        self.action_leave_tour()

    @property
    def _is_welcoming(self) -> bool:
        return self.tour is not None and not self.snapshot.runs and self._scope == "runs"

    @property
    def _scope(self) -> str:
        return str(getattr(self.screen, "SCOPE", ""))

    def _begin_tour(self) -> None:
        from bertft_tui.tui.tour import Tour  # one start in a lifetime needs it

        self.tour = Tour(before=frozenset(run.id for run in self.snapshot.runs))
        self.change_settings(tour_seen=True)
        if self._guiding is None:
            self._guiding = self.set_interval(_EVERY, self._guide)
        self._guide()

    def _end_tour(self) -> None:
        self.tour = None
        if self._guiding is not None:
            self._guiding.stop()
            self._guiding = None
        for screen in self.screen_stack:
            screen.query(TourLine).remove()
        self.settings_changed()

    def _guide(self) -> None:
        """Look at what was done, and say what comes next."""
        from bertft_tui.tui.tour import is_over

        if self.tour is None or not self.is_running:
            return
        before, self.tour = self.tour, self.tour.after(self._scope, self.snapshot)
        if is_over(self.tour):
            self._end_tour()
            self.notify("That was the tour.", markup=False)
            return
        if self._is_welcoming and self.tour != before:
            self.settings_changed()
        self._show_step(self.tour)

    def _show_step(self, tour: "Tour") -> None:
        """Put the step over the keys of the screen on top; where all steps are shown, no line is needed."""
        from bertft_tui.tui.tour import tour_line

        screen = self.screen
        lines, keys = screen.query(TourLine), screen.query(KeyLine)
        if self._is_welcoming or not keys:
            lines.remove()
            return
        words = tour_line(tour, leaves=self._scope == "runs")
        if lines:
            lines.first().update(words)
        else:
            screen.mount(TourLine(words), before=keys.first())
