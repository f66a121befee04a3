"""What runs hold on the disk."""

from collections.abc import Mapping
from dataclasses import dataclass

from bertft_tui.core.directories import usage
from bertft_tui.tui.interests.interest import Interest, Source


@dataclass(frozen=True)
class TrashSizes(Interest[Mapping[str, int]]):
    """Bytes of each run in the trash, by id; each is measured once: nothing changes there."""

    def read(self, source: Source, before: Mapping[str, int] | None) -> Mapping[str, int]:
        """Measure what has come."""
        measured = before or {}
        return {
            run.id: measured[run.id] if run.id in measured else usage(source.db.path.run(run.id).path)
            for run in source.known.trash
        }
