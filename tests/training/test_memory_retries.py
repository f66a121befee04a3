"""A run that is out of memory is tried again by itself: real scheduler, real workers, a device that is too small."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from scheduled_runs import scheduler_of, until_over
from starved_worker import starved
from training_runs import attempt, events, make_run, points
from transformers import BertForSequenceClassification

from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.store import commands, history, plain_reading
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus


@pytest.fixture
def scheduler(db: Database) -> Iterator[Scheduler]:
    """A scheduler on one small device."""
    with scheduler_of(db, "starved_worker.py") as mine:
        yield mine


def test_half_the_batch_and_twice_the_passes(
    db: Database, scheduler: Scheduler, config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of memory in step 3: the run goes on from step 2 with 4 × 2, and has the losses of one that had the room.

    Nobody saw it fail, and its config is as it was.
    """
    settings = {
        "model.attention_dropout": 0.0,
        "model.hidden_dropout": 0.0,
        "data.train_size": 28,
        "training.max_steps": 4,
        "training.eval_strategy": "steps",
        "training.eval_steps": 2,
    }
    config = config.with_settings(settings)
    spacious = make_run(tmp_path / "spacious", config)
    assert attempt(spacious) == "finished"
    for name, value in {"TRAIN": "4", "FROM": "3"}.items():
        monkeypatch.setenv(f"STARVED_{name}", value)
    run_id = commands.enqueue(db, config)
    run, seen = until_over(db, scheduler, run_id)
    assert run.status is RunStatus.FINISHED, run.error
    assert seen <= {"queued", "starting", "running", "finished"}
    assert run.config == config
    smaller = {"training.per_device_train_batch_size": 4, "training.gradient_accumulation_steps": 2}
    assert run.adjustments == smaller
    made = [(each.outcome, each.exit_code, each.adjustments) for each in history.attempts(db, run_id)]
    assert made == [("failed", 1, None), ("finished", 0, smaller)]
    told = history.events(db, run_id)
    (message,) = [event.fields["message"] for event in told if event.type == "error"]
    assert message.startswith("2.00 GiB more were asked for while training, 8 texts of ")
    titles = [event.fields["title"] for event in told if event.type == "warning"]
    assert "Smaller batches, more passes" in titles
    assert "Training starts from the beginning" not in titles
    theirs = points(spacious)
    for name in ("loss", "grad_norm", "eval_loss"):
        ours = plain_reading.series(db, run_id, name)
        for step, value in zip(ours.steps, ours.values, strict=True):
            assert value == pytest.approx(theirs[name, step], abs=2e-6), (name, step)


def test_an_evaluation_that_does_not_fit(tmp_path: Path, config: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The closing event says that it was an evaluation, how large, and a smaller one by itself is what helps."""
    forward = BertForSequenceClassification.forward
    monkeypatch.setattr(BertForSequenceClassification, "forward", starved(forward, evaluation=3))
    run = make_run(tmp_path / "run", config.with_settings({"training.max_steps": 1}))
    assert attempt(run) == "failed"
    failed = events(run, "failed")[0].fields
    assert (failed["reason"], failed["during"], failed["rows"]) == ("out_of_memory", "evaluating", 8)
    error = events(run, "error")[0].fields
    assert error["title"] == "The GPU is out of memory"
    assert error["message"].startswith("2.00 GiB more were asked for while evaluating, 8 texts of ")
    assert "per_device_eval_batch_size" in error["hint"]
    assert attempt(run, 2, adjustments={"training.per_device_eval_batch_size": 3}) == "finished"
    assert "8" in next(
        event.fields["message"]
        for event in events(run, "warning")
        if event.fields["title"] == "Smaller batches when evaluating"
    )


def test_a_batch_of_one_has_other_ways_out(
    tmp_path: Path, config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one text is too much already, the hint names what else takes less memory."""
    monkeypatch.setattr(
        BertForSequenceClassification, "forward", starved(BertForSequenceClassification.forward, train=0)
    )
    run = make_run(tmp_path / "run", config.with_settings({"training.per_device_train_batch_size": 1}))
    assert attempt(run) == "failed"
    assert "smaller data.max_length" in events(run, "error")[0].fields["hint"]
