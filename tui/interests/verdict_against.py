"""The verdict on a run against a baseline."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.interests.interest import Interest, Source, revision_of
from bertft_tui.tui.interests.sure import IntervalsOf
from bertft_tui.tui.interests.verdict import VerdictOn
from bertft_tui.tui.metric_choice import metric_of

if TYPE_CHECKING:
    from bertft_tui.core.analysis.rules.rule import Advice


@dataclass(frozen=True)
class VerdictAgainst(Interest["tuple[Advice, ...]"]):
    """What to make of the difference between a run and its baseline by one metric."""

    SLOW: ClassVar[bool] = True

    run_id: str
    baseline: str
    metric: str  # its full name

    def revision(self, source: Source, newest: int) -> int:
        """Both may change, …"""
        return max(revision_of(run_id, source, newest) for run_id in (self.run_id, self.baseline))

    def stamp(self, source: Source) -> object:
        """… and other seeds of either may come."""
        return source.known.is_whole, len(source.known.shown)

    def read(self, source: Source, before: "tuple[Advice, ...] | None") -> "tuple[Advice, ...]":
        """Judge."""
        from bertft_tui.tui.interests.evaluated import kept_of  # the first rows are there before these are loaded
        from bertft_tui.tui.judging import judge_against

        base, run = (source.known.by_id.get(run_id) for run_id in (self.baseline, self.run_id))
        if base is None or run is None or base is run:
            return ()
        kept = {each.id: kept_of(source, each) for each in (base, run)}
        others = [each for each in source.known.by_id.values() if each.trashed_at is None]
        return judge_against(base, run, self.metric, kept, others=others)


def verdicts_on(run: RunRecord, baseline: RunRecord | None, choice: str) -> tuple[Interest[Any], ...]:
    """What is asked to judge a run, by itself and against the baseline; `choice`: of the metric."""
    on: tuple[Interest[Any], ...] = (VerdictOn(run.id), IntervalsOf(run.id))
    if baseline is None or baseline.id == run.id:
        return on
    return (*on, VerdictAgainst(run.id, baseline.id, evaluation_name(metric_of(run, choice))))
