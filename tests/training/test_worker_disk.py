"""A real worker whose directory is deleted, and whose disk fills: it trains on, and nothing is missing afterwards."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import pytest
from training_runs import events, make_run, points

from bertft_tui.core.config import RunConfig
from bertft_tui.core.locks import holder
from bertft_tui.core.paths import RunDirectory


def _start(run: RunDirectory) -> subprocess.Popen[bytes]:
    with run.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "bertft_tui.core.training.worker", str(run.path)],
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


def _steps(run: RunDirectory) -> list[int]:
    return [step for name, step in points(run) if name == "loss"]


def _stop(process: subprocess.Popen[bytes], run: RunDirectory) -> None:
    """Stop the run, and see that no point, no number and no checkpoint is missing."""
    process.send_signal(signal.SIGTERM)
    assert process.wait(90) == 0
    assert [event.seq for event in events(run)] == list(range(1, len(events(run)) + 1))
    assert events(run)[-1].type == "stopped"
    last = events(run, "checkpoint")[-1].fields["step"]
    assert _steps(run) == list(range(1, last + 1))
    assert (run.checkpoints / f"checkpoint-{last}" / "optimizer.pt").is_file()


def test_deleted(tmp_path: Path, config: RunConfig) -> None:
    """Deleted under a live worker, the directory is there again, others see that it lives, and a stop is saved."""
    run = make_run(tmp_path / "run", config.with_settings({"training.num_train_epochs": 3000}))
    process = _start(run)
    _until(lambda: events(run, "checkpoint"))
    rmtree(run.path, ignore_errors=True)  # a checkpoint that is being written may keep a folder
    _until(lambda: [event for event in events(run, "warning") if "deleted" in event.fields["title"]])
    assert holder(run.lock) == process.pid
    assert run.config.is_file()
    _stop(process, run)


def test_full(tmp_path: Path, config: RunConfig) -> None:
    """While its disk is full a worker trains at its pace, and when there is room every point is written."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(disk)]
    if sys.platform != "linux" or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        run = make_run(disk / "run", config.with_settings({"training.num_train_epochs": 3000}))
        process = _start(run)
        _until(lambda: events(run, "checkpoint"))
        began = time.time()
        subprocess.run(["dd", "if=/dev/zero", f"of={disk / 'filling'}", "bs=4k"], capture_output=True, check=False)
        time.sleep(2)
        (disk / "filling").unlink()
        ended = time.time()
        titles = ("The disk is full", "The disk could not be written")
        _until(lambda: {event.fields["title"] for event in events(run, "warning")}.issuperset(titles))
        while_full = [event.time for event in events(run, "metrics") if began < event.time < ended]
        assert len(while_full) > 10
        _stop(process, run)
    finally:
        process.kill()
        subprocess.run(["umount", "-l", str(disk)], check=True)
