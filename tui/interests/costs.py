"""What runs took for what they reached."""

import time
from collections import defaultdict
from dataclasses import dataclass

from bertft_tui.core.analysis.cost import Contest, contests_of
from bertft_tui.core.analysis.kept import sure_of
from bertft_tui.core.errors import FilterError, Problem
from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.interests.evaluated import kept_of
from bertft_tui.tui.interests.interest import Source
from bertft_tui.tui.interests.many import AmongMany, Found, runs_of
from bertft_tui.tui.metric_choice import metric_of

#: The newest finished runs that are weighed.
MOST_WEIGHED = 200


@dataclass(frozen=True)
class Costs(Found):
    """Contests, the one with the most runs first; of how many finished runs they were made, of how many there are."""

    contests: tuple[Contest, ...] = ()
    weighed: int = 0
    finished: int = 0
    problem: Problem | None = None  # with the filter


@dataclass(frozen=True)
class CostsOf(AmongMany[Costs]):
    """What the runs that a filter matches took. `choice`: the metric, or `auto` for each run's own."""

    where: str
    choice: str

    def read(self, source: Source, before: Costs | None) -> Costs:
        """Put runs together that were measured on the same texts."""
        began = time.perf_counter()
        try:
            runs = [run for run in runs_of(source, self.where) if run.status is RunStatus.FINISHED]
        except FilterError as error:
            return Costs(problem=error.problem)
        weighed = runs[:MOST_WEIGHED]
        by_metric: dict[str, list[RunRecord]] = defaultdict(list)
        for run in weighed:
            by_metric[evaluation_name(metric_of(run, self.choice))].append(run)
        texts = {run.id: kept_of(source, run).texts_for(name) for name, found in by_metric.items() for run in found}
        sure = sure_of(lambda run: kept_of(source, run))
        contests = [each for name, found in by_metric.items() for each in contests_of(found, name, texts, sure)]
        contests.sort(key=lambda contest: -len(contest.costs))
        return Costs(tuple(contests), len(weighed), len(runs), took=time.perf_counter() - began)
