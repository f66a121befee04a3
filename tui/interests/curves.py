"""The curves of a run."""

from collections.abc import Mapping
from dataclasses import dataclass

from bertft_tui.core.store.records import Series
from bertft_tui.core.store.thinning import Thinned, thinned
from bertft_tui.tui.interests.interest import Interest, Source, revision_of

MAX_POINTS = 2000

#: Curves that are held for whoever else wants them: those of a run and of its verdict, of some runs.
_MOST_HELD = 40


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
        """Read what has come since; the verdict on a run is made from the same curves as its charts."""
        revision, earlier = revision_of(self.run_id, source, source.known.revision), before or {}
        return {name: self._curve(source, name, revision, earlier.get(name)) for name in self.names}

    def _curve(self, source: Source, name: str, revision: int, earlier: Thinned | None) -> Thinned:
        key = self.run_id, name, self.part
        held = source.curves.pop(key, None)
        if held is None or held[0] != revision:
            from_ = earlier if held is None else held[1]
            held = revision, thinned(source.db, self.run_id, name, MAX_POINTS, from_, part=self.part)
        source.curves[key] = held
        while len(source.curves) > _MOST_HELD:
            source.curves.pop(next(iter(source.curves)))
        return held[1]


def series_by_name(curves: Mapping[str, Thinned]) -> dict[str, Series]:
    """The points of curves as they were read."""
    return {name: curve.series for name, curve in curves.items()}
