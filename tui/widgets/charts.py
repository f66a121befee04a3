"""The two charts of a run, one over the other or side by side."""

from textual.app import ComposeResult
from textual.containers import Container

from bertft_tui.core.store.records import RunRecord, Series
from bertft_tui.tui.curves import ChartOptions, loss_heading, loss_plot, metric_heading, metric_plot
from bertft_tui.tui.metric_choice import metric_of
from bertft_tui.tui.widgets.curve_chart import CurveChart

#: From this width on, for a height that leaves little, the charts stand side by side.
_SIDE_BY_SIDE = 76
_LOW = 22


class RunCharts(Container):
    """Loss and the chosen metric of one run."""

    def compose(self) -> ComposeResult:
        """The two charts."""
        yield CurveChart(id="loss-chart")
        yield CurveChart(id="metric-chart")

    def show(self, run: RunRecord, series: dict[str, Series], metric: str, options: ChartOptions) -> None:
        """Draw another run, or more of this one."""
        loss, other = self.query_one("#loss-chart", CurveChart), self.query_one("#metric-chart", CurveChart)
        loss.show(loss_heading(run, options), loss_plot(run, series, options))
        shown = metric_of(run, metric)
        other.show(metric_heading(run, shown), metric_plot(run, series, shown, options))

    def on_resize(self) -> None:
        """Choose between side by side and one over the other."""
        side = self.size.width >= _SIDE_BY_SIDE and self.size.height < _LOW
        self.set_class(side, "-side-by-side")
