"""The keys of one run's charts: which are in sight, which part of them, and the cursor that reads them out."""

from dataclasses import replace

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui import chart_moves as moves
from bertft_tui.tui.chart_plots import Picture
from bertft_tui.tui.curves import ChartView, Stretch, chart_names, series_of_charts
from bertft_tui.tui.screens.run_actions import RunActions
from bertft_tui.tui.widgets.charts import RunCharts


class ChartActions(RunActions):
    """A screen with the charts of one run."""

    view = ChartView()

    @property
    def charts(self) -> RunCharts:
        """The charts."""
        return self.query_one(RunCharts)

    @property
    def picture(self) -> Picture | None:
        """What the charts are drawn from; None before it was read."""
        raise NotImplementedError

    def names(self, run: RunRecord) -> tuple[str, ...]:
        """The charts that are in sight."""
        return self.charts.in_sight(chart_names(run, self.bertft.metric), self.view.first)

    def _drawn(self) -> Picture | None:
        """What is drawn; None, with a word why, when no curve is in sight."""
        if not self.charts.region or not self.charts.size.height:
            self.notify("The curves are not in sight: 1 shows them.", severity="warning", markup=False)
            return None
        if self.picture is None or not self._steps(self.picture):
            self.notify("There are no points yet.", severity="warning", markup=False)
            return None
        return self.picture

    def _steps(self, picture: Picture) -> list[int]:
        """The steps of all points in sight, rising."""
        names = series_of_charts(self.names(picture.run))
        return sorted({step for name in names for step in picture.of(name).steps})

    def _whole(self, picture: Picture) -> Stretch:
        """All steps that there are curves for, and of a live run those to come."""
        run, last = picture.run, max((summary.last_step for summary in picture.run.metrics.values()), default=0)
        planned = run.progress.max_steps if run.status.is_alive else None
        return 0, max(1, last, planned or 0)

    def look_at(self, view: ChartView) -> None:
        """Look at the charts in another way."""
        if view != self.view:
            self.view = view
            self.show()

    def action_read(self, by: int) -> None:
        """Move the cursor that reads out values."""
        if (picture := self._drawn()) is not None:
            steps = moves.in_part(self._steps(picture), self.view.stretch)
            self.look_at(moves.moved(self.view, steps, by, self.charts.columns_of_dots, picture.axis.at))

    def action_zoom(self, factor: float) -> None:
        """Look at a shorter or longer part of the curves."""
        if (picture := self._drawn()) is None:
            return
        view = moves.zoomed(self.view, self._whole(picture), factor)
        if view == self.view:
            hint = "This is all of the run." if factor > 1 else "Fewer steps are not zoomed in on."
            self.notify(hint, severity="warning", markup=False)
        self.look_at(view)

    def action_pan(self, share: float) -> None:
        """Look at the part before or behind."""
        if (picture := self._drawn()) is None:
            return
        if self.view.stretch is None:
            self.notify("All of the run is in sight: > zooms in.", severity="warning", markup=False)
        self.look_at(moves.panned(self.view, self._whole(picture), share))

    def action_whole(self) -> None:
        """Look at all of the run again."""
        self.look_at(replace(self.view, stretch=None))

    def action_turn_charts(self, by: int) -> None:
        """Show other charts, where not all have room."""
        if (run := self.selected) is None:
            return
        charts = chart_names(run, self.bertft.metric)
        shown = len(self.names(run))
        if shown >= len(charts):
            self.notify("All curves are in sight.", severity="warning", markup=False)
            return
        self.look_at(replace(self.view, first=(self.view.first + by * shown) % len(charts)))

    def on_run_charts_clicked(self, event: RunCharts.Clicked) -> None:
        """Put the cursor on the point that is nearest to where somebody clicked."""
        if self.picture is not None:
            steps = moves.in_part(self._steps(self.picture), self.view.stretch)
            found = moves.nearest_step(steps, self.picture.axis.step_at(event.place))
            self.look_at(replace(self.view, cursor=found))

    def on_run_charts_rearranged(self) -> None:
        """Read what is in sight now."""
        self.show()
