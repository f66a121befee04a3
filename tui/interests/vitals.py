"""What was measured of a run's process and its GPU."""

from dataclasses import dataclass

from bertft_tui.core.store import vitals
from bertft_tui.core.store.records import VitalsSummary, VitalsTrace
from bertft_tui.tui.interests.interest import Interest, Source

#: So many places has a line over a run's time at most; each shows the highest of its stretch.
MOST_PLACES = 240


@dataclass(frozen=True)
class LatestVitals(Interest[VitalsSummary]):
    """The newest measurement, and the highest of each."""

    run_id: str

    def read(self, source: Source, before: VitalsSummary | None) -> VitalsSummary:
        """Read them."""
        return vitals.summary(source.db, self.run_id)


@dataclass(frozen=True)
class VitalsOverTime(Interest[VitalsTrace]):
    """All measurements, those of a long run taken together."""

    run_id: str

    def read(self, source: Source, before: VitalsTrace | None) -> VitalsTrace:
        """Read them."""
        return vitals.trace(source.db, self.run_id, MOST_PLACES)
