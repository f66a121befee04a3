"""The verdict on a run."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from bertft_tui.core.store.thinning import Thinned
from bertft_tui.tui.interests.curves import Curves, series_by_name
from bertft_tui.tui.interests.interest import Interest, Source, revision_of

if TYPE_CHECKING:
    from bertft_tui.core.analysis.rules.rule import Advice

#: A live run changes several times a second: judging it again may take this share of the time.
_SHARE = 0.005

#: Seconds between two verdicts on a live run, at least.
_LEAST = 1.0


@dataclass(frozen=True)
class Judged:
    """The sentences, what matters most first, and the curves that they were made from."""

    advice: "tuple[Advice, ...]" = ()
    curves: Mapping[str, Thinned] = field(default_factory=dict, compare=False)
    seconds: float = field(default=0.0, compare=False)  # that it took


@dataclass(frozen=True)
class VerdictOn(Interest[Judged]):
    """What to make of one run."""

    SLOW: ClassVar[bool] = True

    run_id: str

    def revision(self, source: Source, newest: int) -> int:
        """The run's own changes matter, …"""
        return revision_of(self.run_id, source, newest)

    def stamp(self, source: Source) -> object:
        """… and whether there are others, which may be other seeds of it."""
        return source.known.is_whole, len(source.known.shown)

    def rest(self, answer: Judged) -> float:
        """The longer a verdict takes, the more seldom it is made anew; nobody reads it several times a second."""
        return max(_LEAST, answer.seconds / _SHARE)

    def read(self, source: Source, before: Judged | None) -> Judged:
        """Read the curves on, and judge."""
        from bertft_tui.tui.judging import judge, judged_by  # the first rows are there before these are loaded
        from bertft_tui.tui.known_runs import MAX_RUNS

        known, began = source.known, time.monotonic()
        if (run := known.by_id.get(self.run_id)) is None:
            return Judged()
        curves = Curves(run.id, judged_by(run)).read(source, before.curves if before is not None else None)
        others = known.shown if known.is_whole and len(known.shown) < MAX_RUNS else None
        said = judge(source.db, run, series_by_name(curves), others)
        return Judged(said, curves, time.monotonic() - began)
