"""A real worker whose directory is deleted, and whose disk fills: it trains on, and nothing is missing afterwards."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree

import pytest
from small_disk import fill, small_disk
from training_runs import events, make_run, points, worker_command

from bertft_tui.core.config import RunConfig
from bertft_tui.core.locks import holder
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training import checkpoints


def _start(run: RunDirectory) -> subprocess.Popen[bytes]:
    with run.log.open("ab") as log:
        return subprocess.Popen(
            worker_command(run),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=run.path,
        )


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


def test_filled_then_deleted(disk: Path, config: RunConfig) -> None:
    """While its disk is full a worker trains at its pace; its deleted directory comes back; nothing is missing."""
    run = make_run(disk / "run", config.with_settings({"training.num_train_epochs": 3000}))
    process = _start(run)
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
