"""The real worker on a disk that is full once its predictions are kept; for its last lines it waits a second.

Run as `python filling_worker.py TICKET RUN_DIR`. Where there is no file `filling` beside RUN_DIR, it fills nothing.
"""

import sys
from pathlib import Path
from typing import Any

from small_disk import fill

from bertft_tui.core.journal import EventType
from bertft_tui.core.training import worker
from bertft_tui.core.training.downloads import exit_process
from bertft_tui.core.training.logged_journal import LoggedJournal

_FILLING = Path(sys.argv[2]).with_name("filling")
_write = LoggedJournal.write


def write_and_fill(journal: LoggedJournal, kind: EventType, **fields: Any) -> None:
    """Write an event; behind that of the predictions fill the disk, and the page that the journal has already."""
    _write(journal, kind, **fields)
    if kind == "predictions" and _FILLING.exists():
        fill(_FILLING)
        _write(journal, "progress", detail="x" * 5000)


if __name__ == "__main__":
    worker.CLOSING_PATIENCE = 1.0
    LoggedJournal.write = write_and_fill  # type: ignore[method-assign]
    exit_process(worker.main(Path(sys.argv[2]), sys.argv[1]))
