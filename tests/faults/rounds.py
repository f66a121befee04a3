"""The kinds of rounds: what is done to the processes of a stage. Each comes from a seed."""

from collections.abc import Callable
from pathlib import Path

from harness import Result, Stage
from small_disk import small_disk
from trainings import run_training


def _workers(stage: Stage) -> None:
    stage.kill_worker()


def _groups(stage: Stage) -> None:
    stage.kill_worker(group=True)


def _schedulers(stage: Stage) -> None:
    stage.kill_scheduler()


def _apps(stage: Stage) -> None:
    stage.kill_app()
    stage.kill_scheduler()
    stage.pause()
    stage.look()


def _everything(stage: Stage) -> None:
    """All at once, as when the machine goes down; the queue is there when it comes back."""
    stage.kill_app()
    stage.kill_scheduler()
    while stage.alive():
        stage.kill_worker(group=True)
    stage.pause()
    stage.look()


def _requests(stage: Stage) -> None:
    for _ in range(3):
        stage.ask()


def _journals(stage: Stage) -> None:
    stage.kill_scheduler()
    stage.kill_worker()
    stage.pause(0.02, 0.1)
    stage.tear_journal()
    stage.ask()


def _cut(stage: Stage) -> None:
    stage.kill_worker()
    stage.pause(0.8, 1.5)
    stage.cut_journal()


def _locked(stage: Stage) -> None:
    with stage.locked(stage.random.uniform(0.2, 0.9)):
        stage.kill_worker()


def _suspended(stage: Stage) -> None:
    stage.suspend()


def _full(stage: Stage) -> None:
    stage.fill_disk()


def _deleted(stage: Stage) -> None:
    stage.delete_directory()


def _mixed(stage: Stage) -> None:
    act = stage.random.choice([
        _workers, _groups, _schedulers, _apps, _everything, _requests, _journals, _cut, _locked, _suspended, _deleted
    ])  # fmt: skip
    act(stage)


DISK_FULL = "disk full, scheduler killed meanwhile"
TRAINING = "real training killed or stopped, then resumed"

KINDS: dict[str, Callable[[Stage], None]] = {
    "worker killed": _workers,
    "worker's process group killed": _groups,
    "scheduler killed": _schedulers,
    "app and scheduler killed": _apps,
    "everything killed at once": _everything,
    "stop, cancel and resume at any moment": _requests,
    "journal torn, worker and scheduler killed": _journals,
    "journal's end lost, run resumed": _cut,
    "store locked for long, worker killed": _locked,
    "worker or scheduler suspended": _suspended,
    "all of these mixed": _mixed,
    DISK_FULL: _full,
    "run directory deleted under its worker": _deleted,
    TRAINING: lambda stage: None,
}


def run_round(folder: Path, kind: str, seed: int) -> Result:
    """Do the same kind of thing a few times, and see what came of it. Raises CannotMount where disks are needed."""
    if kind == TRAINING:
        return run_training(folder, kind, seed)
    if kind != DISK_FULL:
        return _run(Stage(folder, kind, seed))
    with small_disk(folder / "disk", 4) as disk:
        return _run(Stage(folder, kind, seed, disk))


def _run(stage: Stage) -> Result:
    """Start runs on three devices and act on them."""
    stage.open()
    try:
        for _ in range(stage.random.randint(2, 4)):
            stage.enqueue(stage.random.choice(["patient", "patient", "quick"]))
        stage.until(stage.alive, 20)
        for _ in range(stage.random.randint(2, 4)):
            stage.pause()
            KINDS[stage.result.kind](stage)
            if stage.random.random() < 0.4:
                stage.enqueue()
        stage.resume_queue()
    finally:
        result = stage.close()
    return result
