"""Real trainings of a tiny BERT that are killed or stopped at any moment and resumed, against one that was not."""

import hashlib
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

from harness import left_over
from result import Result

from bertft_tui.core import locks
from bertft_tui.core.checkpoint_folders import all_checkpoints
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import InputError
from bertft_tui.core.paths import RunDirectory, StorePath
from bertft_tui.core.scheduling import service
from bertft_tui.core.store import commands, history, plain_reading, queries
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

#: Does something to a training that is under way or waits; says whether it could be done. It is resumed afterwards.
Interruption = Callable[[Database, str, random.Random, Result], bool]


def run_training(folder: Path, result: Result, interruption: Interruption) -> None:
    """Interrupt trainings until it has come to that; then see that no process is left."""
    draw = random.Random(f"{result.kind} {result.seed}")
    config, weights, curves = _undisturbed()
    os.environ["BERTFT_RUNTIME_DIR"] = str(folder / "runtime")
    with Database.open(StorePath(folder / "experiments.db")) as db:
        for _ in range(3):
            run = _train(db, config, draw, result, interruption)
            _compare(db, run, result, weights, curves)
            if result.done:
                break
        _leave(db)
        left = left_over(folder, db.path.runs)
        result.orphans, result.found = len(left), result.found + left


def _train(
    db: Database, config: RunConfig, draw: random.Random, result: Result, interruption: Interruption
) -> RunRecord:
    """Interrupt a training a few times, and let it finish."""
    run_id = commands.enqueue(db, config)
    for _ in range(draw.randint(1, 3)):
        result.done += interruption(db, run_id, draw, result)
        with suppress(InputError):
            commands.request(db, run_id, Request.RESUME)
        if queries.get_run(db, run_id).status is RunStatus.CANCELLED:  # stopped before its first step
            run_id = commands.enqueue(db, config)
    return _until_ended(db, run_id, resume=True)


def _compare(db: Database, run: RunRecord, result: Result, weights: str, curves: Curve) -> None:
    """Its weights and every point have to be those of a training that was left alone."""
    if run.status is not RunStatus.FINISHED:
        result.is_wrong(f"{run.id} is {run.status}: {run.error}")
    mine = _curves(db, run)
    result.acknowledged += sum(len(points) for points in mine.values())
    for name in curves:
        if missing := set(curves[name]) - set(mine.get(name, ())):
            result.lost += len(missing)
            result.found.append(f"{name} lacks, or has otherwise, {sorted(missing)[:3]} …")
    if _weights(db, run) != weights:
        result.is_wrong("the weights are not those of a training that was left alone")


def interrupt(db: Database, run_id: str, draw: random.Random, result: Result) -> bool:
    """Let a run go on for a while, or to a step, then kill or stop it."""
    _let_it_train(db, run_id, draw)
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
    return act == "stop" or worker is not None


def kill_inside_save(db: Database, run_id: str, draw: random.Random, result: Result) -> bool:
    """Kill a worker while it writes one of its next checkpoints: then a part of it lies in the staging folder."""
    directory, saves = db.path.run(run_id), draw.randint(1, 4)
    while saves and not queries.get_run(db, run_id).status.is_finished:
        service.ensure_running(db)
        saves -= _watch_a_save(directory)
    worker = locks.holder(directory.lock)
    if worker is None:
        return False
    time.sleep(draw.uniform(0.0, 0.03))
    with suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)
    inside = _is_saving(directory)
    result.faults.append(f"kill {'inside' if inside else 'after'} a save")
    _until_ended(db, run_id, resume=False)
    return inside


def _watch_a_save(directory: RunDirectory) -> bool:
    """Wait for a moment until a save that was not under way has begun; say whether one has."""
    deadline, idle = time.monotonic() + 0.5, False
    while time.monotonic() < deadline:
        writing = _is_saving(directory)
        if writing and idle:
            return True
        idle = idle or not writing
        time.sleep(0.001)
    return False


def _is_saving(directory: RunDirectory) -> bool:
    return any(directory.staging.glob("*"))


def damage_checkpoint(db: Database, run_id: str, draw: random.Random, result: Result) -> bool:
    """Stop a run, damage its newest checkpoint and resume: the one before is taken, and this is said."""
    step, folder = draw.randint(8, _STEPS - 20), db.path.run(run_id).checkpoints
    _wait(db, run_id, lambda run: run.progress.step >= step and all_checkpoints(folder))
    worker = locks.holder(db.path.run(run_id).lock)
    with suppress(InputError, ProcessLookupError):
        if draw.random() < 0.5:
            commands.request(db, run_id, Request.STOP)
        elif worker is not None:
            os.kill(worker, signal.SIGKILL)
    run = _until_ended(db, run_id, resume=False)
    there = all_checkpoints(folder)
    if run.status not in (RunStatus.STOPPED, RunStatus.LOST) or not there:
        return False
    result.faults.append(f"{_damage(there[-1], draw)} of {there[-1].name}, {len(there)} there")
    commands.request(db, run_id, Request.RESUME)
    told = partial(_is_named, db, run_id, there[-1].name)
    _until_ended(db, run_id, resume=False, enough=told)
    if not told():
        result.is_wrong(f"{there[-1].name} was damaged, and nothing says so")
    return True


def _damage(checkpoint: Path, draw: random.Random) -> str:
    """Damage a file of a checkpoint; say how."""
    file = draw.choice(sorted(checkpoint.iterdir()))
    content = file.read_bytes()
    place = draw.randrange(len(content))
    how = draw.choice(["a byte", "the end", "all", "the file"])
    if how == "a byte":
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    elif how == "the file":
        file.unlink()
    else:
        file.write_bytes(content[:place] if how == "the end" else b"")
    return f"{how} of {file.name}"


def _is_named(db: Database, run_id: str, name: str) -> bool:
    """Whether a warning names a damaged checkpoint."""
    warnings = (event.fields for event in history.events(db, run_id) if event.type == "warning")
    return any(name in str(fields.get("message")) for fields in warnings)


def _let_it_train(db: Database, run_id: str, draw: random.Random) -> None:
    """Let a run go on for a while, or to a step."""
    deadline, step = time.monotonic() + draw.uniform(0.5, _SECONDS), draw.randint(1, _STEPS)
    by_step = draw.random() < 0.7
    _wait(db, run_id, lambda run: run.progress.step >= step if by_step else time.monotonic() >= deadline)


def _wait(db: Database, run_id: str, condition: Callable[[RunRecord], object]) -> None:
    """Wait until something holds of a run, or it has ended."""
    while not (run := queries.get_run(db, run_id)).status.is_finished and not condition(run):
        service.ensure_running(db)
        time.sleep(0.02)


def _until_ended(db: Database, run_id: str, *, resume: bool, enough: Callable[[], bool] = lambda: False) -> RunRecord:
    """Wait until a run has ended, or it is enough; with `resume` it is resumed until it has finished."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not enough():
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
    series = {name: plain_reading.series(db, run.id, name) for name in names}
    return {name: tuple(zip(found.steps, found.values, strict=True)) for name, found in series.items()}


def _leave(db: Database) -> None:
    """Let the scheduler go by itself."""
    if (child := service._started.pop(db.path.file, None)) is not None:
        child.wait(30)
    deadline = time.monotonic() + 30
    while locks.holder(db.path.scheduler_lock) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
