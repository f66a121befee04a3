"""Having a scheduler: at most one is started, however often and eagerly it is asked for."""

import subprocess
import sys
from pathlib import Path

import psutil
from quick_runs import enqueue

from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling import service
from bertft_tui.core.scheduling.short_log import keep_the_end
from bertft_tui.core.store import commands, history, plain_reading, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus

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


def test_schedulers_that_start_at_the_same_moment(db: Database) -> None:
    """One of them works, the others go without a word, and no run is started twice."""
    ids = [enqueue(db, "quick") for _ in range(4)]
    command = [sys.executable, str(QUICK_SCHEDULER), str(db.path.file)]
    pipe = subprocess.PIPE
    schedulers = [subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) for _ in range(3)]
    said = [scheduler.communicate(timeout=60) for scheduler in schedulers]
    assert [scheduler.returncode for scheduler in schedulers] == [0, 0, 0]
    assert said == [("", "")] * 3
    for run_id in ids:
        assert queries.get_run(db, run_id).status is RunStatus.FINISHED
        assert [attempt.number for attempt in history.attempts(db, run_id)] == [1]
        assert plain_reading.series(db, run_id, "loss").steps == (100_001, 100_002), (
            "the two steps of one first attempt"
        )
