"""Real trainings of a tiny BERT that are killed or stopped at any moment and resumed, against one that was not."""

import hashlib
import os
import random
import signal
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from harness import Result, processes_in

from bertft_tui.core import locks
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import InputError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import service
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import Request, RunStatus

#: Seconds within which a training of some seconds ends, on a machine that does other things too.
PATIENCE = 240.0

#: The longest that a training of the tiny model takes undisturbed, its start included.
_SECONDS = 9.0

#: About as many steps as it has.
_STEPS = 75

Curve = dict[str, tuple[tuple[int, float], ...]]


def run_training(folder: Path, kind: str, seed: int) -> Result:
    """Interrupt a training a few times; its weights and every point have to be those of one that was left alone."""
    config, weights, curves = _undisturbed()
    draw, result = random.Random(f"{kind} {seed}"), Result(kind, seed)
    os.environ["BERTFT_RUNTIME_DIR"] = str(folder / "runtime")
    with Database.open(StorePath(folder / "experiments.db")) as db:
        run_id = commands.enqueue(db, config)
        for _ in range(draw.randint(1, 3)):
            _interrupt(db, run_id, draw, result)
            if queries.get_run(db, run_id).status is RunStatus.CANCELLED:  # stopped before its first step
                run_id = commands.enqueue(db, config)
        run = _until_ended(db, run_id, resume=True)
        result.wrong += run.status is not RunStatus.FINISHED
        mine = _curves(db, run)
        result.acknowledged = sum(len(points) for points in mine.values())
        result.lost += sum(len(set(curves[name]) - set(mine.get(name, ()))) for name in curves)
        result.wrong += _weights(db, run) != weights
        _leave(db)
        result.orphans = len(list(processes_in(db.path.runs)))
    return result


def _interrupt(db: Database, run_id: str, draw: random.Random, result: Result) -> None:
    """Let a run go on for a while, or to a step, then kill or stop it."""
    deadline, step = time.monotonic() + draw.uniform(0.5, _SECONDS), draw.randint(1, _STEPS)
    by_step = draw.random() < 0.7
    while not (run := queries.get_run(db, run_id)).status.is_finished:
        if run.progress.step >= step if by_step else time.monotonic() >= deadline:
            break
        service.ensure_running(db)
        time.sleep(0.02)
    act = draw.choice(["kill worker", "kill both", "stop", "terminate"])
    worker, scheduler = locks.holder(db.path.run(run_id).lock), locks.holder(db.path.scheduler_lock)
    result.faults.append(f"{act} at step {queries.get_run(db, run_id).progress.step}")
    with suppress(ProcessLookupError, InputError):
        if act == "stop":
            commands.request(db, run_id, Request.STOP)
        elif worker is not None:
            os.kill(worker, signal.SIGTERM if act == "terminate" else signal.SIGKILL)
            if act == "kill both" and scheduler is not None:
                os.kill(scheduler, signal.SIGKILL)
    if act != "terminate" or worker is not None:
        _until_ended(db, run_id, resume=False)
    with suppress(InputError):
        commands.request(db, run_id, Request.RESUME)


def _until_ended(db: Database, run_id: str, *, resume: bool) -> RunRecord:
    """Wait until nothing more happens to a run; with `resume` it is resumed until it has finished."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        service.ensure_running(db)
        run = queries.get_run(db, run_id)
        if run.status is RunStatus.CANCELLED:  # stopped before the first step: nothing to go on from
            return run
        if run.status.is_finished and run.pending_request is None:
            if not resume or run.status in (RunStatus.FINISHED, RunStatus.FAILED):
                return run
            with suppress(InputError):
                commands.request(db, run_id, Request.RESUME)
        time.sleep(0.05)
    return queries.get_run(db, run_id)


@cache
def _undisturbed() -> tuple[RunConfig, str, Curve]:
    """Train once without a fault; return the config, a digest of the weights, and the points."""
    from tiny_bert import make_tiny_bert, texts, write_csv

    folder = Path(tempfile.mkdtemp(prefix="undisturbed-"))
    os.environ["BERTFT_RUNTIME_DIR"] = str(folder / "runtime")
    os.environ["OMP_NUM_THREADS"] = "1"
    settings = {
        "model.name_or_path": str(make_tiny_bert(folder / "tiny-bert")),
        "data.dataset": str(write_csv(folder / "texts.csv", texts(120))),
        "data.max_length": 16,
        "training.num_train_epochs": 6,
        "training.eval_strategy": "steps",
        "training.eval_steps": 7,
        "training.learning_rate": 1e-3,
        "hardware.device": "cpu",
    }
    config = RunConfig().with_settings(settings)
    with Database.open(StorePath(folder / "experiments.db")) as db:
        run = _until_ended(db, commands.enqueue(db, config), resume=False)
        assert run.status is RunStatus.FINISHED, run.error
        found = config, _weights(db, run), _curves(db, run)
        _leave(db)
    return found


def _weights(db: Database, run: RunRecord) -> str:
    """A digest of the last checkpoint's weights; empty when there are none."""
    file = db.path.run(run.id).checkpoints / f"checkpoint-{run.progress.max_steps}" / "model.safetensors"
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def _curves(db: Database, run: RunRecord) -> Curve:
    """Every point of every metric that does not measure time."""
    names = [name for name in run.metrics if not name.endswith(("runtime", "per_second"))]
    series = {name: queries.series(db, run.id, name) for name in names}
    return {name: tuple(zip(found.steps, found.values, strict=True)) for name, found in series.items()}


def _leave(db: Database) -> None:
    """Let the scheduler go by itself."""
    if (child := service._started.pop(db.path.file, None)) is not None:
        child.wait(30)
    deadline = time.monotonic() + 30
    while locks.holder(db.path.scheduler_lock) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
