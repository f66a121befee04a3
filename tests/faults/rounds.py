"""The kinds of rounds: what is done to the processes of a stage, and what else is so. Each comes from a seed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import acts
from harness import Stage
from judging import judge
from restarts import damage_store, reboot
from result import Result
from small_disk import small_disk
from trainings import Interruption, damage_checkpoint, interrupt, kill_inside_save, run_training

from bertft_tui.core.store import history


@dataclass(frozen=True)
class Kind:
    """A kind of rounds of quick workers, or of real trainings."""

    act: Callable[[Stage], bool] | None = None
    interruption: Interruption | None = None
    often: tuple[int, int] = (2, 4)  # how often it is done in one round, at least and at most
    runs: tuple[int, int] = (2, 4)  # how many are there when it begins
    behaviours: tuple[str, ...] = ("patient", "patient", "quick")
    after: Callable[[Stage], None] = lambda stage: None  # what is to be seen in the end beside the usual
    disk: bool = False  # on a disk of its own, which takes the right to mount
    app: bool = False  # the real one
    grace: float | None = None  # seconds that a worker has to end after a cancel
    warm: bool = False  # workers are forked where they can be
    every: int = 1  # comes with every so-manieth seed only: what costs more comes less often


def _mixed(stage: Stage) -> bool:
    return stage.random.choice([
        acts.kill_worker, acts.kill_group, acts.kill_scheduler, acts.kill_app, acts.kill_everything, acts.ask,
        acts.tear_journal, acts.cut_journal, acts.lock_store, acts.suspend, acts.suspend_all,
        acts.kill_scheduler_in_launch, acts.delete_directory,
    ])(stage)  # fmt: skip


def _mixed_warm(stage: Stage) -> bool:
    return acts.kill_warm_process(stage) if stage.random.random() < 0.3 else _mixed(stage)


def _parents(stage: Stage) -> bool:
    return stage.random.choice([acts.kill_worker, acts.kill_worker, acts.kill_scheduler, acts.ask])(stage)


def _in_order(stage: Stage) -> None:
    """Runs of one device start in the order in which they were queued, and nothing lasted longer than the round."""
    lasted = stage.elapsed()
    first = {run_id: stage.runtime / f"{run_id}.starts" for run_id in stage.ids}
    started = sorted((file.stat().st_ctime, run_id) for run_id, file in first.items() if file.exists())
    alone = [run_id for _, run_id in started if run_id in stage.ids_alone]
    if alone != [run_id for run_id in stage.ids_alone if run_id in alone]:
        stage.result.is_wrong(f"queued as {stage.ids_alone}, started as {alone}")
    for run_id in stage.ids:
        for attempt in history.attempts(stage.db, run_id):
            if attempt.seconds is not None and not 0 <= attempt.seconds <= lasted:
                stage.result.is_wrong(f"attempt {attempt.number} of {run_id} lasted {attempt.seconds} s")


KINDS: dict[str, Kind] = {
    "worker killed": Kind(acts.kill_worker),
    "worker's process group killed": Kind(acts.kill_group),
    "worker with child processes killed or stopped": Kind(_parents, behaviours=("parent",)),
    "scheduler killed": Kind(acts.kill_scheduler),
    "scheduler killed while a worker starts": Kind(acts.kill_scheduler_in_launch, runs=(0, 2)),
    "app and scheduler killed": Kind(acts.kill_app),
    "the app itself killed, with the scheduler": Kind(acts.kill_app, app=True, every=2),
    "everything killed at once": Kind(acts.kill_everything),
    "machine restarted": Kind(reboot, often=(1, 2), every=2),
    "stop, cancel and resume at any moment": Kind(acts.ask),
    "journal torn, worker and scheduler killed": Kind(acts.tear_journal),
    "journal's end lost, run resumed": Kind(acts.cut_journal),
    "store locked for long, worker killed": Kind(acts.lock_store),
    "store damaged and rebuilt": Kind(damage_store, often=(1, 2), every=2),
    "worker or scheduler suspended": Kind(acts.suspend),
    "all suspended together": Kind(
        acts.suspend_all, often=(1, 3), behaviours=("patient", "slow"), grace=3.5, every=2
    ),
    "clock moved": Kind(acts.jump_clock, often=(3, 5), runs=(2, 2), after=_in_order),
    "all of these mixed": Kind(_mixed),
    "disk full, scheduler killed meanwhile": Kind(acts.fill_disk, disk=True),
    "disk read-only, scheduler killed meanwhile": Kind(acts.make_read_only, disk=True),
    "run directory deleted under its worker": Kind(acts.delete_directory),
    "warm process killed or stopped": Kind(acts.kill_warm_process, warm=True),
    "forked worker with child processes killed or stopped": Kind(_parents, behaviours=("parent",), warm=True),
    "warm process and everything else killed at once": Kind(acts.kill_everything, warm=True),
    "all of these mixed, with a warm process": Kind(_mixed_warm, warm=True),
    "real training killed or stopped, then resumed": Kind(interruption=interrupt, every=3),
    "real training killed inside a save": Kind(interruption=kill_inside_save, every=6),
    "real training resumed from a damaged checkpoint": Kind(interruption=damage_checkpoint, every=6),
}


def run_round(folder: Path, name: str, seed: int, *, brief: bool = False) -> Result:
    """Do the same kind of thing a few times, or `brief`ly once, and see what came of it.

    Raises CannotMount where disks are needed.
    """
    kind, result = KINDS[name], Result(name, seed)
    if brief:
        kind = replace(kind, often=(1, 1))
    if kind.interruption is not None:
        run_training(folder, result, kind.interruption)
    elif kind.disk:
        with small_disk(folder / "disk", 4) as disk:
            _run(Stage(folder, result, disk, app=kind.app), kind)
    else:
        _run(Stage(folder, result, app=kind.app, warm=kind.warm), kind)
    return result


def _run(stage: Stage, kind: Kind) -> None:
    """Start runs on three devices and act on them; a patient one is always there."""
    if kind.grace is not None:
        stage.set("grace", kind.grace)
    try:
        stage.open()
        for number in range(stage.random.randint(*kind.runs)):
            stage.enqueue(kind.behaviours[0] if number == 0 else stage.random.choice(kind.behaviours))
        stage.until(lambda: stage.alive() or not stage.ids, 20)
        for _ in range(stage.random.randint(*kind.often)):
            stage.pause()
            _do(stage, kind)
            if stage.random.random() < 0.4:
                stage.enqueue(kind.behaviours[0])
        stage.resume_queue()
        if not stage.end():
            stage.result.is_wrong("some runs have not ended, though they were asked to")
        kind.after(stage)
        judge(stage)
    finally:
        stage.close()


def _do(stage: Stage, kind: Kind) -> None:
    """Do it; where there was nothing to do it to, once more when there is: a run, or the next scheduler."""
    assert kind.act is not None
    for _ in range(4):
        if kind.act(stage):
            stage.result.done += 1
            return
        if not stage.alive():
            stage.enqueue(kind.behaviours[0])
        stage.until(lambda: stage.alive() and stage.scheduler(), 10)
        stage.pause(0.0, 0.3)
