"""What looks at many runs as one thing has in common."""

from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.selecting import Selection, select
from bertft_tui.tui.interests.interest import Interest, Source
from bertft_tui.tui.interests.page import REST

#: The newest runs that are looked at.
MOST_RUNS = 5_000


@dataclass(frozen=True)
class Found:
    """What was found among many runs."""

    took: float = field(default=0.0, compare=False, kw_only=True)  # seconds


F = TypeVar("F", bound=Found)


class AmongMany(Interest[F]):
    """A question about many runs: the longer it took, the longer until it is asked again."""

    SLOW: ClassVar[bool] = True

    def rest(self, answer: F) -> float:
        """So many times as long as it took."""
        return answer.took * REST


def runs_of(source: Source, where: str = "") -> list[RunRecord]:
    """The runs that a filter matches, newest first. Raises FilterError."""
    found = select(source.db, Selection(where=where, limit=MOST_RUNS))
    ids = tuple(run_id for run_id, _ in found.runs)
    source.known.need(ids)
    return [run for run in map(source.known.by_id.get, ids) if run is not None]
