"""Having a scheduler: at most one is started, however often and eagerly it is asked for."""

from pathlib import Path

import psutil

from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling import service
from bertft_tui.core.scheduling.short_log import keep_the_end
from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database


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


def test_a_long_log_is_cut_where_it_is(tmp_path: Path) -> None:
    """Whole lines of its end stay in the same file, and who has it open appends behind them; a short one stays."""
    log = tmp_path / "log"
    keep_the_end(log)
    with log.open("ab", buffering=0) as held:
        held.write(b"".join(b"line %3d\n" % number for number in range(100)))
        keep_the_end(log, limit=900)
        assert log.stat().st_size == 900
        keep_the_end(log, limit=899, kept=20)
        held.write(b"more\n")
    assert log.read_bytes() == b"line  98\nline  99\nmore\n"
