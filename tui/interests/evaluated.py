"""What the best checkpoints of runs were evaluated on, and what follows from it."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import ClassVar

from bertft_tui.core.analysis.comparison import compare
from bertft_tui.core.analysis.kept import Kept
from bertft_tui.core.analysis.significance import Significance, significance
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.interests.interest import Interest, Source, revision_of
from bertft_tui.tui.kept import kept_in_store


@dataclass(frozen=True)
class Evaluated:
    """Whether there is such a run, and what is kept of its evaluation."""

    exists: bool
    kept: Kept = field(default_factory=Kept)


@dataclass(frozen=True)
class EvaluatedOn(Interest[Evaluated]):
    """The evaluation of one run, which may be older than those that the app has read so far."""

    run_id: str

    def revision(self, source: Source, newest: int) -> int:
        """Only the run's own changes matter."""
        return revision_of(self.run_id, source, newest)

    def read(self, source: Source, before: Evaluated | None) -> Evaluated:
        """Read it."""
        source.known.need((self.run_id,))
        run = source.known.by_id.get(self.run_id)
        return Evaluated(exists=False) if run is None else Evaluated(True, kept_of(source, run))


@dataclass(frozen=True)
class Tested(Interest[Significance | None]):
    """Whether some runs are better than one of them: None while not all are known."""

    SLOW: ClassVar[bool] = True

    ids: tuple[str, ...]
    baseline: str | None
    metric: str  # its full name

    def revision(self, source: Source, newest: int) -> int:
        """Only changes of these runs matter."""
        return max(revision_of(run_id, source, newest) for run_id in self.ids)

    def read(self, source: Source, before: Significance | None) -> Significance | None:
        """Test them."""
        runs = [run for run in map(source.known.by_id.get, self.ids) if run is not None]
        if len(runs) < len(self.ids):
            return None
        kept = {run.id: kept_of(source, run) for run in runs}
        comparison = compare(runs, self.baseline, kept, (self.metric,))
        return significance(comparison, kept, self.metric)


def kept_of(source: Source, run: RunRecord) -> Kept:
    """Read what is kept of a run's evaluation, unless that was done since the run has changed."""
    before = source.kept.get(run.id)
    if before is None or before[0] != run.revision:
        before = source.kept[run.id] = (run.revision, kept_in_store(source.db, run.id))
    source.kept.move_to_end(run.id)
    while len(source.kept) > MOST_KEPT:
        source.kept.popitem(last=False)
    return before[1]


#: Runs whose predictions are held in memory: 25,000 texts in two classes take less than a megabyte.
MOST_KEPT = 64

#: By id: the run's revision when it was read, and what was read; the last asked for at the end.
KeptRuns = OrderedDict[str, tuple[int, Kept]]
