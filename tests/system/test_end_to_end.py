"""From the queue to the row with real processes: scheduler, worker, tiny model; killed where it hurts."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from living import config, ended, until

from bertft_tui.core import locks
from bertft_tui.core.scheduling import service
from bertft_tui.core.store import commands, history, plain_reading, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import Request, RunStatus


def points(db: Database, run: RunRecord) -> dict[str, dict[int, float]]:
    """The points that a resumed run must have in common with one that was never stopped."""
    names = [name for name in run.metrics if not name.endswith(("runtime", "per_second"))]
    found = {name: plain_reading.series(db, run.id, name) for name in names}
    return {name: dict(zip(series.steps, series.values, strict=True)) for name, series in found.items()}


def test_a_run_from_the_queue_to_its_predictions(live: Database, tiny_model: Path, reviews: Path) -> None:
    """Points from the first step on, best value, checkpoint, predictions that give the recorded accuracy."""
    run_id = commands.enqueue(live, config(tiny_model, reviews))
    run = until(live, run_id, ended)
    assert run.status is RunStatus.FINISHED, run.error
    assert run.device == "cpu"
    assert run.labels == ("bad", "good")
    assert plain_reading.series(live, run_id, "loss").steps == tuple(range(1, run.progress.step + 1))
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


@pytest.mark.long
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
    assert plain_reading.series(live, run_id, "loss").steps == tuple(range(1, run.progress.step + 1))
    assert len(history.attempts(live, run_id)) == 1
    assert until(live, waiting, ended).status is RunStatus.FINISHED


def test_killed_or_stopped_a_run_ends_as_if_nothing_had_happened(
    live: Database, tiny_model: Path, reviews: Path
) -> None:
    """SIGKILL: lost within two seconds. Stop: a checkpoint of this step. Resumed, both have the same points."""
    settings = {"training.num_train_epochs": 12, "training.train_sampling_strategy": "batch_rebalance"}
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
