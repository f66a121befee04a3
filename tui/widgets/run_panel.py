"""The highlighted run beside the table: heading, progress, charts, and what is to say about it."""

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from bertft_tui.tui.chart_plots import Picture
from bertft_tui.tui.curves import ChartOptions, chart_names
from bertft_tui.tui.describe import heading, run_blocks, status_line
from bertft_tui.tui.metric_choice import metric_of
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.widgets.charts import RunCharts
from bertft_tui.tui.widgets.saying import say


class RunPanel(Vertical):
    """Shows one run of a snapshot."""

    def compose(self) -> ComposeResult:
        """Heading, charts, words."""
        yield Static(id="panel-heading")
        yield Static(id="panel-status")
        yield RunCharts()
        with VerticalScroll(id="panel-words"):
            yield Static(id="panel-text")

    def show(self, snapshot: Snapshot, run_id: str | None, metric: str, options: ChartOptions) -> None:
        """Show a run; without one, nothing."""
        run = snapshot.run(run_id)
        self.set_class(run is None, "-empty")
        if run is None:
            return
        say(self.query_one("#panel-heading", Static), heading(run))
        say(self.query_one("#panel-status", Static), status_line(run, snapshot))
        say(self.query_one("#panel-text", Static), run_blocks(run, snapshot, metric))
        if (series := snapshot.series(run.id)) is not None:
            picture = Picture(run, series, metric_of(run, metric), options)
            self.query_one(RunCharts).show(picture, chart_names(run, metric)[:2])
