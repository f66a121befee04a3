"""How sure the figures of one run are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bertft_tui.core.analysis.intervals import Interval, interval_of_best
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.interests.interest import Interest, Source, revision_of


@dataclass(frozen=True)
class IntervalsOf(Interest[Mapping[str, Interval]]):
    """The intervals of the best values of one run, by the metrics' full names."""

    SLOW: ClassVar[bool] = True

    run_id: str

    def revision(self, source: Source, newest: int) -> int:
        """Only the run's own changes matter."""
        return revision_of(self.run_id, source, newest)

    def read(self, source: Source, before: Mapping[str, Interval] | None) -> Mapping[str, Interval]:
        """Compute them; of a live run only what needs no predictions, which are kept at the end."""
        from bertft_tui.core.analysis.kept import NOTHING_KEPT, intervals_of  # after the first rows
        from bertft_tui.tui.interests.evaluated import kept_of

        run = source.known.by_id.get(self.run_id)
        if run is None:
            return {}
        return intervals_of(run, NOTHING_KEPT if run.status.is_alive else kept_of(source, run))


def intervals_in(answers: Mapping[Interest[Any], Any], run: RunRecord) -> Mapping[str, Interval]:
    """What is known among the answers of a snapshot; before, what the run's record alone tells."""
    known: Mapping[str, Interval] | None = answers.get(IntervalsOf(run.id))
    if known is not None:
        return known
    found = ((name, interval_of_best(run, name)) for name in run.metrics)
    return {name: interval for name, interval in found if interval is not None}
