"""Sizes of run directories as they were last measured: walking through a directory costs, so few do it again."""

import time
from collections.abc import Mapping
from pathlib import Path

from bertft_tui.core.directories import usage

#: Seconds after which a live run's directory is measured again.
GROWS = 10.0


class Measured:
    """Bytes by run; used by the feed's thread alone."""

    def __init__(self) -> None:
        self._when: dict[str, tuple[int, float]] = {}  # the run's revision, monotonic seconds
        self.known: Mapping[str, int] = {}

    def is_due(self, run_id: str, revision: int, *, alive: bool) -> bool:
        """Whether a run's directory was not measured since it last changed; a live one's not for long."""
        before = self._when.get(run_id)
        if before is None:
            return True
        return before[0] != revision and not (alive and time.monotonic() - before[1] < GROWS)

    def measure(self, directory: Path, run_id: str, revision: int) -> None:
        """Measure a run's directory."""
        self._when[run_id] = (revision, time.monotonic())
        if not directory.is_dir():
            return  # a queued run has none yet, a copied store none at all
        self.known = {**self.known, run_id: usage(directory)}
