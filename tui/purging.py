"""A purge that the app has begun: how far it is, and its end."""

from collections.abc import Sequence

from bertft_tui.core.scheduling.purge import Purged, purge
from bertft_tui.core.store.database import Database
from bertft_tui.tui.format import count_of, size


class Ended(Exception):
    """Somebody leaves; what is left to remove, the next purge removes."""


class Purging:
    """Runs on their way out. `run` works in a thread; the rest is asked from the interface's."""

    def __init__(self, db: Database, run_ids: Sequence[str], total: int) -> None:
        self._db, self._run_ids, self._total = db, tuple(run_ids), total
        self._freed = 0
        self._ended = False

    def run(self) -> Purged:
        """Purge. Raises Ended."""
        return purge(self._db, self._run_ids, self._hear)

    def end(self) -> None:
        """Remove no more. What was decided stays decided, and the next purge finishes it."""
        self._ended = True

    @property
    def words(self) -> str:
        """How far it is: `purging 40%…`."""
        return f"purging {min(99, 100 * self._freed // max(1, self._total))}%…"

    def _hear(self, count: int) -> None:
        self._freed += count
        if self._ended:
            raise Ended


def purged_words(purged: Purged) -> str:
    """Say what a purge came to."""
    gone = f" {count_of(len(purged.gone), 'run')} gone already." if purged.gone else ""
    return f"{count_of(len(purged.runs), 'run')} purged, {size(purged.bytes)} freed.{gone}"
