"""The worker as the launcher starts it: a process that knows one directory."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from training_runs import events, launch, make_run, points, start_worker

from bertft_tui.core.config import RunConfig
from bertft_tui.core.locks import hold, holder
from bertft_tui.core.training.taking import TOO_LATE
from bertft_tui.core.training.worker import FAILED, NOT_OURS

_DEADLINE = 90.0


def _end(process: subprocess.Popen[bytes]) -> int:
    return process.wait(_DEADLINE)


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + _DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def test_whole_life(tmp_path: Path, config: RunConfig) -> None:
    """Stopped by SIGTERM, resumed, finished: events in order, one worker at a time, no library's noise in the log."""
    run = make_run(tmp_path / "run", config.with_settings({"training.num_train_epochs": 300}))
    (run.path / "evaluate.py").write_text("raise SystemExit('a module of the run directory was imported')")
    process = start_worker(run)
    _until(lambda: events(run, "attempt"))
    assert holder(run.lock) == process.pid
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGHUP)
    _until(lambda: len(points(run)) > 20)
    process.send_signal(signal.SIGTERM)
    assert _end(process) == 0
    assert holder(run.lock) is None
    assert [event.type for event in events(run)][:2] == ["attempt", "phase"]
    assert events(run)[-1].type == "stopped"
    times = [event.monotonic for event in events(run, "progress")]
    assert all(later - earlier > 0.24 for earlier, later in pairwise(times))  # at most four a second
    step = events(run, "checkpoint")[-1].fields["step"]
    assert (run.checkpoints / f"checkpoint-{step}").is_dir()
    assert _end(start_worker(run)) == NOT_OURS  # there is no ticket
    assert events(run)[-1].type == "stopped"

    launch(run, 2)
    run.control.joinpath("stop").touch()
    assert _end(start_worker(run)) == 0
    assert events(run)[-1].type == "stopped"  # before its first step, but a checkpoint is there
    others = [line for line in run.log.read_text().splitlines() if not re.match(r"\d\d:\d\d:\d\d ", line)]
    assert others == [TOO_LATE]
    first = events(run, "attempt")[0].fields
    assert first["pid"] == process.pid
    assert {"python", "torch", "transformers", "datasets", "accelerate", "bertft-tui"} < first["versions"].keys()
    assert first["machine"].keys() >= {"os", "cpu", "cores", "memory"}
    measured = events(run, "vitals")
    assert all(0 < event.fields["memory"] <= event.fields["peak_memory"] for event in measured)
    assert any(event.fields["cpu"] > 20 for event in measured)
    assert "vitals" not in run.log.read_text()
    assert [event.seq for event in events(run)] == list(range(1, len(events(run)) + 1))
    assert all(path.stat().st_mode & 0o077 == 0 for path in run.checkpoints.rglob("*"))


def test_cancel(tmp_path: Path, config: RunConfig) -> None:
    """A cancel ends training at once, and nothing is saved."""
    run = make_run(
        tmp_path / "run",
        config.with_settings({"training.num_train_epochs": 3000, "training.eval_strategy": "no"}),
    )
    process = start_worker(run)
    _until(lambda: points(run))
    run.cancel_request.touch()
    assert _end(process) == 0
    assert events(run)[-1].type == "cancelled"
    assert list(run.checkpoints.iterdir()) == []


def test_stop_before_the_first_step(tmp_path: Path, config: RunConfig) -> None:
    """A stop before the first step saves nothing: the run is cancelled."""
    run = make_run(tmp_path / "run", config)
    run.stop_request.touch()
    assert _end(start_worker(run)) == 0
    assert [event.type for event in events(run) if event.type != "vitals"] == ["attempt", "phase", "cancelled"]
    assert not run.stop_request.exists()


def test_failures(tmp_path: Path, config: RunConfig) -> None:
    """A wrong path fails with title, message and hint in the journal, and the traceback in the log."""
    run = make_run(tmp_path / "run", config.with_settings({"data.dataset": str(tmp_path / "nothing.csv")}))
    assert _end(start_worker(run)) == FAILED
    assert [event.type for event in events(run)][-2:] == ["error", "failed"]
    error = events(run, "error")[0].fields
    assert error["title"] == "The data is not there"
    assert error["hint"]
    assert "Traceback" in run.log.read_text()


def test_an_environment_of_nonsense(tmp_path: Path, config: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Devices and threads that are no numbers keep nobody from training on the processor."""
    for variable in ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(variable, "banana")
    run = make_run(tmp_path / "run", config.with_settings({"training.max_steps": 1}))
    assert _end(start_worker(run)) == 0
    assert events(run)[-1].type == "finished"


def test_device_is_taken(tmp_path: Path, config: RunConfig) -> None:
    """A worker waits for its device, says which process has it, and heeds a cancel while it waits."""
    lock = tmp_path / "device.lock"
    held = hold(lock)
    assert held is not None
    run = make_run(tmp_path / "run", config)
    launch(run, 1, device_lock=str(lock))
    process = start_worker(run)
    _until(lambda: events(run, "progress"))
    assert events(run, "progress")[0].fields["detail"] == f"waiting for the device: process {os.getpid()} has it"
    run.cancel_request.touch()
    assert _end(process) == 0
    assert events(run)[-1].type == "cancelled"
    held.close()


@pytest.mark.parametrize(("phase", "kind"), [("loading", "stop"), ("loading", "cancel"), ("tokenizing", "stop")])
def test_a_request_ends_what_a_library_is_at(tmp_path: Path, config: RunConfig, phase: str, kind: str) -> None:
    """Before training begins, a worker that is woken leaves at once, however deep in a file or a library it is."""
    data = tmp_path / "many.csv"
    rows = (f"{'a fine film' if i % 2 else 'a dull film'} number {i},{i % 2}\n" for i in range(150_000))
    data.write_text("text,label\n" + "".join(rows))
    run = make_run(tmp_path / "run", config.with_settings({"data.dataset": str(data), "data.eval_split": None}))
    process = start_worker(run)
    _until(lambda: any(event.fields["phase"] == phase for event in events(run, "phase")))
    time.sleep(0.3)
    (run.stop_request if kind == "stop" else run.cancel_request).touch()
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert _end(process) == 0
    assert time.monotonic() - asked < 15  # on a machine that does other things too
    assert events(run)[-1].type == "cancelled"
    assert events(run, "phase")[-1].fields["phase"] == phase
    assert list(run.checkpoints.iterdir()) == []
