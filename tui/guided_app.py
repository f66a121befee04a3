"""An app that says what it can do: palette, help, settings, each loaded when it is asked for."""

from typing import TYPE_CHECKING

from bertft_tui.tui.touring_app import TouringApp

if TYPE_CHECKING:
    from bertft_tui.tui.finding import Entry


class GuidedApp(TouringApp):
    """Opens the screens that every other screen can open."""

    def action_command_palette(self) -> None:
        """Open the palette."""
        from bertft_tui.tui.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(), self._do)

    def _do(self, entry: "Entry | None") -> None:
        """Do what was found in the palette, on the screen that it lay over."""
        if entry is not None:
            self.call_later(entry.run)

    def action_help_quit(self) -> None:
        """Say how to leave: ctrl+c, which people try, is not among the keys, so that nobody leaves by accident."""
        self.notify("q or ctrl+q leaves, and training goes on. esc goes back.", title="Leave?", markup=False)

    def action_help(self) -> None:
        """Show all keys, those of this screen first."""
        from bertft_tui.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(getattr(self.screen, "SCOPE", "runs")))

    def action_settings(self) -> None:
        """Show the settings of the app."""
        from bertft_tui.tui.screens.settings import SettingsScreen

        if not isinstance(self.screen, SettingsScreen):
            self.push_screen(SettingsScreen())

    def action_messages(self) -> None:
        """Show again what was said in the corner."""
        from bertft_tui.tui.screens.told import ToldScreen

        self.clear_notifications()  # they would lie over themselves
        self.push_screen(ToldScreen(self.told))

    def open_trash(self) -> None:
        """Show the trash."""
        from bertft_tui.tui.screens.trash import TrashScreen

        self.push_screen(TrashScreen())

    def open_queue(self) -> None:
        """Show the devices and the queue."""
        from bertft_tui.tui.screens.queue import QueueScreen

        self.push_screen(QueueScreen())

    def open_learning(self, run_id: str) -> None:
        """Show how a run's recipe grows with its training rows."""
        from bertft_tui.tui.screens.learning import LearningScreen

        self.push_screen(LearningScreen(run_id))

    def open_lineage(self, run_id: str) -> None:
        """Show what came from what, the tree of a run first."""
        from bertft_tui.tui.screens.lineage import LineageScreen

        self.push_screen(LineageScreen(run_id))

    def open_costs(self, run_id: str) -> None:
        """Show what the runs of the table took for what they reached; first those that a run may be held against."""
        from bertft_tui.tui.screens.costs import CostScreen

        self.push_screen(CostScreen(run_id))
