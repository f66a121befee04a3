"""From the queue to the row with real processes: scheduler, worker, tiny model; killed where it hurts."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bertft_tui.core import locks
from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling import service
from bertft_tui.core.store import commands, history, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import Request, RunStatus


@pytest.fixture
def live(db: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A store whose scheduler and workers are ended with the test, whatever happened in it."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield db
    commands.pause_queue(db, "the test is over")
    for path in (db.path.scheduler_lock, *db.path.runs.glob("*/run.lock")):
        if (pid := locks.holder(path)) is not None:
            os.killpg(pid, signal.SIGKILL)
    for child in service._children:
        child.wait(10)


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    """A csv of 120 short texts in two classes that a small model can tell apart."""
    words = {"good": "a fine and moving film", "bad": "a dull and empty film"}
    rows = [f'"{text} number {i}",{label}' for i in range(60) for label, text in words.items()]
    file = tmp_path / "reviews.csv"
    file.write_text("\n".join(["text,label", *rows]))
    return file


def config(model: Path, data: Path, **settings: object) -> RunConfig:
    """A run of a few seconds."""
    return RunConfig().with_settings(
        {
            "model.name_or_path": str(model),
            "data.dataset": str(data),
            "data.max_length": 16,
            "training.num_train_epochs": 2,
            "training.learning_rate": 1e-3,
            "hardware.device": "cpu",
            **settings,
        }
    )


def until(db: Database, run_id: str, condition: Callable[[RunRecord], object], seconds: float = 90) -> RunRecord:
    """Wait until a run is as it should be, as a program that looks would: with a scheduler at work."""
    deadline = time.monotonic() + seconds
    while not condition(run := queries.get_run(db, run_id)):
        assert time.monotonic() < deadline, f"still {run.status} {run.phase} {run.progress}: {run.error}"
        service.ensure_running(db)
        time.sleep(0.05)
    return run


def ended(run: RunRecord) -> bool:
    """Nothing more happens to the run."""
    return run.status.is_finished


def points(db: Database, run: RunRecord) -> dict[str, dict[int, float]]:
    """The points that a resumed run must have in common with one that was never stopped."""
    names = [name for name in run.metrics if not name.endswith(("runtime", "per_second"))]
    found = {name: queries.series(db, run.id, name) for name in names}
    return {name: dict(zip(series.steps, series.values, strict=True)) for name, series in found.items()}


def test_a_run_from_the_queue_to_its_predictions(live: Database, tiny_model: Path, reviews: Path) -> None:
    """Points from the first step on, best value, checkpoint, predictions that give the recorded accuracy."""
    run_id = commands.enqueue(live, config(tiny_model, reviews))
    run = until(live, run_id, ended)
    assert run.status is RunStatus.FINISHED, run.error
    assert run.device == "cpu"
    assert run.labels == ("bad", "good")
    assert queries.series(live, run_id, "loss").steps == tuple(range(1, run.progress.step + 1))
    best = run.metrics["eval_accuracy"]
    said = history.predictions(live, run_id)
    assert said is not None
    assert said.step == best.best_step
    assert float(np.mean(said.label == said.predicted)) == best.best
    assert run.eval_rows == len(said)
    deadline = time.monotonic() + 15
    while service.is_running(live.path):  # it goes when there is nothing left to do
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_scheduler_killed_twice_costs_nothing(live: Database, tiny_model: Path, reviews: Path) -> None:
    """Each next scheduler adopts the one worker; the curve has no gap and no run is started twice."""
    run_id = commands.enqueue(live, config(tiny_model, reviews, **{"training.num_train_epochs": 12}))
    waiting = commands.enqueue(live, config(tiny_model, reviews, **{"training.num_train_epochs": 1}))
    until(live, run_id, lambda run: run.progress.step > 3)
    worker = locks.holder(live.path.run(run_id).lock)
    for _ in range(2):
        scheduler = locks.holder(live.path.scheduler_lock)
        assert scheduler is not None
        os.kill(scheduler, signal.SIGKILL)
        seen = queries.get_run(live, run_id).progress.step
        until(live, run_id, lambda run, seen=seen: run.progress.step > seen + 2)  # type: ignore[misc]
    assert locks.holder(live.path.run(run_id).lock) == worker
    run = until(live, run_id, ended)
    assert run.status is RunStatus.FINISHED
    assert queries.series(live, run_id, "loss").steps == tuple(range(1, run.progress.step + 1))
    assert len(history.attempts(live, run_id)) == 1
    assert until(live, waiting, ended).status is RunStatus.FINISHED


def test_killed_or_stopped_a_run_ends_as_if_nothing_had_happened(
    live: Database, tiny_model: Path, reviews: Path
) -> None:
    """SIGKILL: lost within two seconds. Stop: a checkpoint of this step. Resumed, both have the same points."""
    settings = {"training.num_train_epochs": 5, "training.train_sampling_strategy": "batch_rebalance"}
    whole, killed, stopped = (commands.enqueue(live, config(tiny_model, reviews, **settings)) for _ in range(3))
    expected = points(live, until(live, whole, ended))

    until(live, killed, lambda run: "eval_loss" in run.metrics and run.progress.step > 14)
    pid = locks.holder(live.path.run(killed).lock)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    moment = time.monotonic()
    run = until(live, killed, ended)
    assert time.monotonic() - moment < 2
    assert run.status is RunStatus.LOST
    assert run.error is not None
    assert "SIGKILL" in run.error.message

    until(live, stopped, lambda run: run.progress.step > 3)
    commands.request(live, stopped, Request.STOP)
    run = until(live, stopped, ended)
    assert run.status is RunStatus.STOPPED
    assert history.checkpoints(live, stopped)[-1].step == run.metrics["loss"].last_step

    for run_id, first in ((killed, "lost"), (stopped, "stopped")):
        commands.request(live, run_id, Request.RESUME)
        until(live, run_id, lambda run: run.status.is_alive)
        assert points(live, until(live, run_id, ended)) == expected
        assert [attempt.outcome for attempt in history.attempts(live, run_id)] == [first, "finished"]
