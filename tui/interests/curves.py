"""The curves of a run."""

from collections.abc import Mapping
from dataclasses import dataclass

from bertft_tui.core.store.records import Series
from bertft_tui.core.store.thinning import Thinned, thinned
from bertft_tui.tui.interests.interest import Interest, Source, revision_of

MAX_POINTS = 2000


@dataclass(frozen=True)
class Curves(Interest[Mapping[str, Thinned]]):
    """Some metrics of one run by name, long ones thinned."""

    run_id: str
    names: tuple[str, ...]
    part: tuple[int, int] | None = None  # the steps that are zoomed in on; None: all

    def revision(self, source: Source, newest: int) -> int:
        """Other runs may grow: these curves do not."""
        return revision_of(self.run_id, source, newest)

    def read(self, source: Source, before: Mapping[str, Thinned] | None) -> Mapping[str, Thinned]:
        """Read what has come since."""
        earlier = before or {}
        return {
            name: thinned(source.db, self.run_id, name, MAX_POINTS, earlier.get(name), part=self.part)
            for name in self.names
        }


def series_by_name(curves: Mapping[str, Thinned]) -> dict[str, Series]:
    """The points of curves as they were read."""
    return {name: curve.series for name, curve in curves.items()}
