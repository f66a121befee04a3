"""Having a scheduler: at most one is started, however often and eagerly it is asked for."""

from pathlib import Path

import psutil

from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling import service
from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database

QUICK_SCHEDULER = Path(__file__).parents[1] / "faults" / "quick_scheduler.py"


def test_asking_often_starts_one_process(db: Database) -> None:
    """While the first is still importing, a hundred more requests start nothing."""
    service.ensure_running(db)
    assert not psutil.Process().children(), "nothing to do, nobody started"
    # A device that no machine has: the run fails at once, and the scheduler goes.
    commands.enqueue(db, RunConfig().with_settings({"hardware.device": "cuda:999"}))
    for _ in range(100):
        service.ensure_running(db)
    children = psutil.Process().children()
    assert len(children) == 1
    assert service._started.pop(db.path.file).wait(30) == 0
