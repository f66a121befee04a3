"""Real trainings in forked workers: the same as those that start cold, to the last bit."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from living import config

from bertft_tui.core import locks
from bertft_tui.core.config import RunConfig
from bertft_tui.core.forking import LATE_VARIABLES, NO_WARM, adopt_orphans
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.scheduling import warm_process
from bertft_tui.core.scheduling.devices import inventory
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.scheduling.warm_start import WarmStart
from bertft_tui.core.scheduling.wish import make_wish
from bertft_tui.core.store import commands, history, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")

#: Figures and fields that no two runs have in common.
_CLOCKS = ("runtime", "per_second")


@pytest.fixture
def scheduler(live: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scheduler]:
    """A scheduler in this process, which adopts orphans only meanwhile; it ends its warm process."""
    monkeypatch.setattr(warm_process, "LATE_VARIABLES", LATE_VARIABLES | {"PYTEST_CURRENT_TEST"})
    mine = Scheduler(live, inventory(), warm=WarmStart(live.path))
    yield mine
    for handle in mine.workers.values():
        handle.kill()
        if handle.child:
            handle.child.wait(10)
    mine.close()
    adopt_orphans(wanted=False)


def until(scheduler: Scheduler, condition: Callable[[], object], seconds: float = 120) -> None:
    """Let the scheduler step until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, [(run.status, run.error) for run in queries.list_runs(scheduler.db)]
        scheduler.step()
        time.sleep(0.05)


def ended(scheduler: Scheduler, run_id: str) -> None:
    """Wait until a run has finished, and its process too."""
    until(scheduler, lambda: queries.get_run(scheduler.db, run_id).status.is_finished and not scheduler.workers)
    run = queries.get_run(scheduler.db, run_id)
    assert run.status is RunStatus.FINISHED, run.error


def trained(scheduler: Scheduler, settings: RunConfig) -> str:
    """Train a run to its end; return its id."""
    run_id = commands.enqueue(scheduler.db, settings)
    ended(scheduler, run_id)
    return run_id


def told(db: Database, run_id: str) -> list[tuple[str, Any]]:
    """What a run said of its training, but for clocks, which stand in checkpoints too and make their size."""
    found: list[tuple[str, Any]] = []
    for event in history.events(db, run_id):
        if event.type == "metrics":
            values = {name: value for name, value in event.fields["values"].items() if not name.endswith(_CLOCKS)}
            found.append((str(event.fields["step"]), values))
        elif event.type in ("phase", "plan", "checkpoint", "predictions", "warning", "error"):
            found.append((event.type, {name: value for name, value in event.fields.items() if name != "bytes"}))
    return found


def starts(db: Database, run_id: str) -> list[str]:
    """How each attempt of a run was started."""
    return [event.fields["start"] for event in history.events(db, run_id, kind="attempt")][::-1]


def last_weights(directory: RunDirectory) -> bytes:
    """The weights of the newest checkpoint."""
    newest = max(directory.checkpoints.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    return (newest / "model.safetensors").read_bytes()


def test_a_warm_run_cannot_be_told_from_a_cold_one(
    scheduler: Scheduler, tiny_model: Path, reviews: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Losses, weights and words, also when it was killed and resumed; nothing touched CUDA before."""
    db, settings = scheduler.db, config(tiny_model, reviews, **{"training.num_train_epochs": 4})
    cold = trained(scheduler, settings)
    assert starts(db, cold) == ["cold"]

    monkeypatch.delenv(NO_WARM)
    scheduler.warm = WarmStart(db.path)
    make_wish(db.path)
    until(scheduler, lambda: (process := scheduler.warm._process) and process.is_alive() and process.is_ready)
    warm_pid = scheduler.warm.pid
    assert not [name for name in _opened_and_mapped(warm_pid) if "nvidia" in name or "libcuda.so" in name]

    warm = trained(scheduler, settings)
    assert starts(db, warm) == ["warm"]
    assert told(db, warm) == told(db, cold)
    assert last_weights(db.path.run(warm)) == last_weights(db.path.run(cold))
    assert history.attempts(db, warm)[0].exit_code == 0

    killed = commands.enqueue(db, settings)
    until(scheduler, lambda: queries.get_run(db, killed).progress.step > 2)
    pid = locks.holder(db.path.run(killed).lock)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(scheduler, lambda: history.attempts(db, killed)[0].exit_signal is not None)
    assert history.attempts(db, killed)[0].exit_signal == signal.SIGKILL
    commands.request(db, killed, Request.RESUME)
    until(scheduler, lambda: len(starts(db, killed)) == 2)
    ended(scheduler, killed)
    assert starts(db, killed) == ["warm", "warm"]
    assert last_weights(db.path.run(killed)) == last_weights(db.path.run(cold))
    assert scheduler.warm.pid == warm_pid


@pytest.mark.cuda
@pytest.mark.skipif(
    not any(device.name == "cuda:0" for device in inventory()),
    reason="no NVIDIA GPU that the installed torch can use",
)
def test_a_forked_worker_trains_on_a_gpu(
    scheduler: Scheduler, tiny_model: Path, reviews: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins with CUDA itself, on the device that it was given; the warm process never does."""
    monkeypatch.delenv(NO_WARM)
    scheduler.warm = WarmStart(scheduler.db.path)
    make_wish(scheduler.db.path)
    until(scheduler, lambda: (process := scheduler.warm._process) and process.is_alive() and process.is_ready)
    for _ in range(2):
        run_id = trained(scheduler, config(tiny_model, reviews, **{"hardware.device": "cuda:0"}))
        assert starts(scheduler.db, run_id) == ["warm"]
        assert queries.get_run(scheduler.db, run_id).device == "cuda:0"
        assert not [name for name in _opened_and_mapped(scheduler.warm.pid) if "/dev/nvidia" in name]


def _opened_and_mapped(pid: int | None) -> list[str]:
    """The files that a process has open or mapped."""
    opened = [os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir()]  # noqa: PTH115 - sockets are no paths
    return [*opened, *Path(f"/proc/{pid}/maps").read_text().splitlines()]
