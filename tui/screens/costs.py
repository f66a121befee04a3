"""What the runs of the table took for what they reached, and which of them none beats."""

from typing import ClassVar

from textual.binding import BindingType

from bertft_tui.core.analysis.cost import Contest
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cost_words import chart_heading, devices_words, plot_of, title_of
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.format import count_of
from bertft_tui.tui.interests.costs import Costs, CostsOf
from bertft_tui.tui.keys import Scope, bindings, key_of
from bertft_tui.tui.messages import RunHighlighted
from bertft_tui.tui.screens.overlooking import Overlooking
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.widgets.cost_lines import cost_lines


class CostScreen(Overlooking):
    """A scatter of the metric against the time, the front marked, over the list of the runs."""

    SCOPE: ClassVar[Scope] = "cost"
    BINDINGS: ClassVar[list[BindingType]] = bindings("cost")
    NO_RUN: ClassVar[str] = "No run has finished."

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self._run_id: str | None = run_id  # whose contest is shown; None: the first

    @property
    def place(self) -> str:
        """What the header says."""
        return "cost"

    @property
    def _asked(self) -> CostsOf:
        return CostsOf(self.bertft.where, self.bertft.metric)

    @property
    def _contests(self) -> tuple[Contest, ...]:
        costs = self.answer(self._asked)
        return costs.contests if costs is not None else ()

    @property
    def _contest(self) -> Contest | None:
        own = (contest for contest in self._contests if any(cost.run.id == self._run_id for cost in contest.costs))
        return next(own, next(iter(self._contests), None))

    def interests(self) -> Interests:
        """What they took."""
        return (self._asked,)

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """The runs of the list."""
        return tuple(cost.run for cost in self._contest.costs) if self._contest is not None else ()

    def on_mount(self) -> None:
        """Begin at the run that was highlighted."""
        self.board.cursor = self._run_id

    def on_run_highlighted(self, event: RunHighlighted) -> None:
        """Mark it in the chart."""
        self.show()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring heading, chart and list up to date."""
        costs = self.answer(self._asked)
        if costs is None:
            return
        contest = self._contest
        if contest is None:
            self.put("No run to weigh", _why_none(costs), lambda width: ((), ()))
            return
        notes = [devices_words(contest), self._others(costs, contest), _left_out(costs, self.bertft.where)]
        drawn = chart_heading(contest), plot_of(contest, self.board.cursor)
        self.put(title_of(contest), (), lambda width: cost_lines(contest, width), drawn, [*filter(None, notes)])

    def _others(self, costs: Costs, shown: Contest) -> str:
        others = [contest for contest in costs.contests if contest is not shown]
        if not others:
            return ""
        runs = count_of(sum(len(contest.costs) for contest in others), "run")
        key = key_of("next_contest", "cost")
        return f"{runs} measured on other texts or by another metric: {key} shows them."

    def action_next_contest(self) -> None:
        """Show the runs that were measured on other texts."""
        contests, shown = self._contests, self._contest
        if shown is None or len(contests) < 2:
            self.notify("All runs that can be weighed were measured on the same texts.", markup=False)
            return
        places = [place for place, contest in enumerate(contests) if contest is shown]
        self._run_id = contests[(places[0] + 1) % len(contests)].costs[0].run.id
        self.show()


def _why_none(costs: Costs) -> list[str]:
    """Why there is nothing to see, and what to do."""
    if costs.problem is not None:
        return [f"{costs.problem.title}: {costs.problem.message}"]
    if not costs.finished:
        return ["No run that the table shows has finished yet: what it takes is known when it has."]
    runs = count_of(costs.finished, "finished run")
    return [f"{runs}, none with a time and a value of the metric: {key_of('next_metric', 'cost')} takes another."]


def _left_out(costs: Costs, where: str) -> str:
    """Which runs are not among them: older ones, and those that the filter hides."""
    is_cut = costs.weighed < costs.finished
    runs = f"The newest {costs.weighed} of {costs.finished:,} finished runs" if is_cut else "Only runs"
    if not where:
        return f"{runs}." if is_cut else ""
    return f"{runs} that match {where!r}, the filter of the table."
