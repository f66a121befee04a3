"""A real worker whose directory is deleted, and whose disk fills: it trains on, and nothing is missing afterwards."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree

import pytest
from scheduled_runs import scheduler_of, until_over
from small_disk import fill, small_disk
from training_runs import events, make_run, points, start_worker

from bertft_tui.core.config import RunConfig
from bertft_tui.core.journal import UNWRITTEN
from bertft_tui.core.locks import holder
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.store import commands, history
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus
from bertft_tui.core.training import checkpoints

TESTS = Path(__file__).parents[1]


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def _is_filled(disk: Path, journal: Path) -> bool:
    """Fill what is free, again and again: a checkpoint that fails frees some. At last the journal's page is full."""
    fill(disk / "filling")
    return journal.stat().st_size % 4096 == 0


def _titles(run: RunDirectory) -> set[str]:
    return {event.fields["title"] for event in events(run, "warning")}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 8 MB."""
    with small_disk(tmp_path / "disk", 8) as folder:
        yield folder


@pytest.mark.long
def test_full_at_the_end(db: Database, config: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run whose last lines its disk did not take is lost and says why; with room again, resume finishes it."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")]))
    with small_disk(db.path.runs, 8) as disk, scheduler_of(db, "filling_worker.py") as scheduler:
        (disk / "filling").touch()
        run_id = commands.enqueue(db, config)
        run, _ = until_over(db, scheduler, run_id)
        assert (run.status, run.metrics["loss"].last_step) == (RunStatus.LOST, 12)
        assert history.attempts(db, run_id)[0].exit_code == UNWRITTEN
        assert run.error is not None
        assert run.error.title == "The run's last lines could not be written"
        assert run.error.message.startswith("Its process came to its end, and waited 10 minutes for its disk")
        assert "room" in run.error.hint
        (disk / "filling").unlink()
        commands.request(db, run_id, Request.RESUME)
        run, _ = until_over(db, scheduler, run_id)
        assert (run.status, run.error) == (RunStatus.FINISHED, None)


def test_filled_then_deleted(disk: Path, config: RunConfig) -> None:
    """While its disk is full a worker trains at its pace; its deleted directory comes back; nothing is missing."""
    run = make_run(disk / "run", config.with_settings({"training.num_train_epochs": 3000}))
    process = start_worker(run)
    try:
        _until(lambda: events(run, "checkpoint"))
        began = time.time()
        _until(lambda: _is_filled(disk, run.events))
        time.sleep(1)
        (disk / "filling").unlink()
        ended = time.time()
        _until(lambda: "The disk could not be written" in _titles(run))
        assert len([event for event in events(run, "metrics") if began < event.time < ended]) > 1

        rmtree(run.path, ignore_errors=True)  # a checkpoint that is being written may keep a folder
        _until(lambda: "The run's directory was deleted while it trained" in _titles(run))
        assert holder(run.lock) == process.pid
        assert run.config.is_file()

        process.send_signal(signal.SIGTERM)
        assert process.wait(90) == 0
    finally:
        process.kill()
    assert events(run)[-1].type == "stopped"
    assert [event.seq for event in events(run)] == list(range(1, len(events(run)) + 1))
    last = events(run, "checkpoint")[-1].fields["step"]
    assert [step for name, step in points(run) if name == "loss"] == list(range(1, last + 1))
    assert checkpoints.is_resumable(run.checkpoints / f"checkpoint-{last}")
