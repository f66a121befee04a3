"""The keys that open what looks at many runs as one thing."""

from bertft_tui.tui.screens.run_actions import RunActions


class OverlookActions(RunActions):
    """A screen with a highlighted run, from which many are looked at."""

    def action_learning(self) -> None:
        """Show how the run's recipe grows with its training rows."""
        if (run := self.require_run()) is not None:
            self.bertft.open_learning(run.id)

    def action_lineage(self) -> None:
        """Show what came from what, the run's own tree first."""
        if (run := self.require_run()) is not None:
            self.bertft.open_lineage(run.id)

    def action_cost(self) -> None:
        """Show what the runs of the table took for what they reached."""
        if (run := self.require_run()) is not None:
            self.bertft.open_costs(run.id)
