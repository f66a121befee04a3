"""What runs hold on the disk."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from bertft_tui.core.directories import usage
from bertft_tui.tui.interests.interest import Interest, Source
from bertft_tui.tui.measured import GROWS


@dataclass(frozen=True)
class TrashSizes(Interest[Mapping[str, int]]):
    """Bytes of each run in the trash, by id; each is measured once: nothing changes there."""

    def read(self, source: Source, before: Mapping[str, int] | None) -> Mapping[str, int]:
        """Measure what has come."""
        source.known.need_trash()
        measured = before or {}
        return {
            run.id: measured[run.id] if run.id in measured else usage(source.db.path.run(run.id).path)
            for run in source.known.trash
        }


@dataclass(frozen=True)
class RunSizes(Interest[Mapping[str, int]]):
    """Bytes of some runs, by id, and of whichever were measured before."""

    ids: tuple[str, ...]

    def stamp(self, source: Source) -> object:
        """A live run grows without a word in the store."""
        alive = any(run.status.is_alive for run in map(source.known.by_id.get, self.ids) if run is not None)
        return int(time.monotonic() / GROWS) if alive else None

    def read(self, source: Source, before: Mapping[str, int] | None) -> Mapping[str, int]:
        """Measure what is not known, and what may have grown."""
        for run_id in self.ids:
            run = source.known.by_id.get(run_id)
            if run is not None and source.sizes.is_due(run_id, run.revision, alive=run.status.is_alive):
                source.sizes.measure(source.db.path.run(run_id).path, run_id, run.revision)
        return source.sizes.known
