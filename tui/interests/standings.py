"""How sure the figures in the table are, and whether runs differ from the baseline."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from bertft_tui.core.analysis.intervals import PROPORTIONS, plain_name
from bertft_tui.core.metric_names import TEST, evaluation_name
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.interests.interest import Interest, Source
from bertft_tui.tui.metric_choice import metric_of

if TYPE_CHECKING:  # the first paint needs none of it
    from bertft_tui.core.analysis.intervals import Interval
    from bertft_tui.core.analysis.paired import Pair

#: Seconds of computing after which the others wait for the next look, so that the screen does not wait for them.
_AT_ONCE = 0.05


@dataclass(frozen=True)
class Standing:
    """The interval of a run's best value, and its test against the baseline; None where there is none."""

    interval: "Interval | None" = None
    pair: "Pair | None" = None


#: Of a run about which nothing is known yet.
UNKNOWN = Standing()

#: What a standing depends on: the run, its revision, the baseline and its revision, the full name of the metric.
_Key = tuple[str, int, str, int, str]


@dataclass(frozen=True)
class Standings(Interest[Mapping[str, Standing]]):
    """Standings of some runs by id, as far as they were computed by now.

    Live runs have none, since predictions are kept at the end. Without a baseline an accuracy of the evaluation needs
    none either: its record alone tells the interval.
    """

    SLOW: ClassVar[bool] = True

    ids: tuple[str, ...]
    baseline: str | None
    choice: str  # of the metric, as in `metric_of`

    def stamp(self, source: Source) -> object:
        """How many are known: as long as that grows, there is more to compute."""
        return sum(key in source.standings for key in self._keys(source).values())

    def read(self, source: Source, before: Mapping[str, Standing] | None) -> Mapping[str, Standing]:
        """Compute for a moment; the rest at the next look."""
        until = time.monotonic() + _AT_ONCE
        keys = self._keys(source)
        for run_id, key in keys.items():
            if key not in source.standings and time.monotonic() < until:
                source.standings[key] = self._standing(source, source.known.by_id[run_id])
        while len(source.standings) > _MOST:
            source.standings.pop(next(iter(source.standings)))
        return self._known(source, keys)

    def at_once(self, source: Source, before: Mapping[str, Standing] | None) -> Mapping[str, Standing]:
        """Those that were computed for other pages too."""
        return self._known(source, self._keys(source))

    def _known(self, source: Source, keys: Mapping[str, _Key]) -> Mapping[str, Standing]:
        known = {run_id: source.standings.get(key) for run_id, key in keys.items()}
        return {run_id: standing for run_id, standing in known.items() if standing is not None}

    def _keys(self, source: Source) -> dict[str, _Key]:
        runs = [run for run in map(source.known.by_id.get, self.ids) if run is not None]
        base = self._base(source)
        about = ("", 0) if base is None else (base.id, base.revision)
        asked = (run for run in runs if not run.status.is_alive and self._metric(run) in run.metrics)
        keys = ((run.id, run.revision, *about, self._metric(run)) for run in asked)
        return {key[0]: key for key in keys if base is not None or not _is_told(key[-1])}

    def _base(self, source: Source) -> RunRecord | None:
        return source.known.by_id.get(self.baseline) if self.baseline is not None else None

    def _metric(self, run: RunRecord) -> str:
        return evaluation_name(metric_of(run, self.choice))

    def _standing(self, source: Source, run: RunRecord) -> Standing:
        from bertft_tui.core.analysis.kept import interval_of_value
        from bertft_tui.tui.interests.evaluated import kept_of

        metric = self._metric(run)
        kept = kept_of(source, run)
        return Standing(
            interval_of_value(run, run.metrics[metric].best, metric, kept), self._pair(source, run, kept, metric)
        )

    def _pair(self, source: Source, run: RunRecord, kept: Any, metric: str) -> "Pair | None":
        from bertft_tui.core.analysis.comparison import compare
        from bertft_tui.core.analysis.significance import held_against
        from bertft_tui.tui.interests.evaluated import kept_of

        base = self._base(source)
        if base is None or base.id == run.id or self._metric(base) != metric:
            return None
        about = {base.id: kept_of(source, base), run.id: kept}
        comparison = compare((base, run), base.id, about, (metric,))
        return held_against(comparison, 1, about, metric)[0]


def _is_told(metric: str) -> bool:
    """Whether a run's record alone tells how sure its best value of a metric is."""
    return plain_name(metric) in PROPORTIONS and not metric.startswith(TEST)


#: Standings that are kept; the oldest go first.
_MOST = 4096
