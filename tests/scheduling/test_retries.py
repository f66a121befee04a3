"""Which failures are answered by another attempt, with what changed, and how often."""

import math
from typing import Any

import pytest
from quick_runs import CPU, enqueue, status_is, until

from bertft_tui.core.adjustments import adjusted, adjustments_after, halved, in_words, notes
from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.store import commands, history, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus

_BATCH = "training.per_device_train_batch_size"
_PASSES = "training.gradient_accumulation_steps"


@pytest.mark.parametrize(
    ("batch", "passes", "smaller"),
    [(8, 1, (4, 2)), (4, 2, (2, 4)), (6, 1, (3, 2)), (7, 1, (1, 7)), (12, 5, (6, 10)), (9, 2, (3, 6)), (1, 8, None)],
)
def test_the_product_stays(batch: int, passes: int, smaller: tuple[int, int] | None) -> None:
    """The largest divisor of the effective batch that is at most half the batch; none below one."""
    assert halved(batch, passes) == smaller


@pytest.mark.parametrize(
    ("settings", "present", "retries", "failed", "expected"),
    [
        ({}, {}, {}, {}, None),
        ({}, {}, {}, {"reason": "something else"}, None),
        ({}, {}, {}, {"reason": "out_of_memory", "during": "loading"}, None),
        ({}, {}, {}, {"reason": "out_of_memory", "during": "probe"}, {_BATCH: 4, _PASSES: 2}),
        ({}, {_BATCH: 4, _PASSES: 2}, {}, {"reason": "out_of_memory", "during": "training"}, {_BATCH: 2, _PASSES: 4}),
        ({}, {}, {"out_of_memory": 3}, {"reason": "out_of_memory", "during": "training"}, None),
        (
            {},
            {_BATCH: 4, _PASSES: 2},
            {"out_of_memory": 1},
            {"reason": "out_of_memory", "during": "evaluating"},
            {_BATCH: 4, _PASSES: 2, "training.per_device_eval_batch_size": 16},
        ),
        ({"training.on_nan": "stop"}, {}, {}, {"reason": "not_finite", "precision": "bf16"}, None),
        (
            {"training.on_nan": "retry"},
            {},
            {},
            {"reason": "not_finite", "precision": "fp16"},
            {"hardware.precision": "fp32"},
        ),
        ({"training.on_nan": "retry"}, {}, {}, {"reason": "not_finite", "precision": "fp32"}, None),
        ({"training.on_nan": "retry"}, {}, {"not_finite": 1}, {"reason": "not_finite", "precision": "bf16"}, None),
    ],
)
def test_what_the_next_attempt_changes(
    settings: dict[str, Any],
    present: dict[str, Any],
    retries: dict[str, int],
    failed: dict[str, Any],
    expected: dict[str, Any] | None,
) -> None:
    """A lack of memory halves what did not fit, NaN takes fp32 where that was asked for, and each only so often."""
    assert adjustments_after(RunConfig().with_settings(settings), present, retries, failed) == expected


def test_adjustments_in_words() -> None:
    """What was changed is said in a few words, and at the attempt's start with why."""
    assert in_words({}) == ""
    changes = {_BATCH: 4, _PASSES: 2, "hardware.precision": "fp32"}
    assert in_words(changes) == "batch 4 × 2 after running out of memory, fp32 after NaN"
    assert in_words({"training.per_device_eval_batch_size": 16}) == "evaluation batch 16 after running out of memory"
    config = RunConfig().with_settings({"training.train_sampling_strategy": "batch_rebalance"})
    batch, precision = notes(config, changes)
    assert "4 texts at once and 2 passes a step in place of 8 × 1" in batch.message
    assert "batch_rebalance" in batch.message
    assert "fp32 (asked for was auto)" in precision.message
    assert adjusted(config, changes).training.gradient_accumulation_steps == 2


def test_three_attempts_more_and_no_end_in_between(db: Database, scheduler: Scheduler) -> None:
    """From 16 texts to 2 in three more attempts; the status goes from running to queued, never to failed."""
    run_id = enqueue(db, "holds 2", **{_BATCH: 16})
    seen = set()

    def over() -> bool:
        run = queries.get_run(db, run_id)
        seen.add(run.status)
        return run.status.is_finished and not scheduler.workers

    until(over, scheduler, seconds=30)
    assert seen <= {RunStatus.QUEUED, RunStatus.STARTING, RunStatus.RUNNING, RunStatus.FINISHED}
    attempts = history.attempts(db, run_id)
    assert [each.outcome for each in attempts] == ["failed", "failed", "failed", "finished"]
    assert [each.exit_code for each in attempts] == [1, 1, 1, 0]
    assert [(each.adjustments or {}).get(_BATCH) for each in attempts] == [None, 8, 4, 2]
    run = queries.get_run(db, run_id)
    assert run.error is None
    assert run.duration_seconds >= sum(each.seconds or 0 for each in attempts) > 0


def test_after_three_a_person_has_to_look(db: Database, scheduler: Scheduler) -> None:
    """The fourth lack of memory is the end, with its error; a resume goes on from there and may be tried again."""
    run_id = enqueue(db, "holds 1", **{_BATCH: 16})
    until(status_is(db, run_id, RunStatus.FAILED), scheduler, seconds=30)
    run = queries.get_run(db, run_id)
    assert (run.attempt, run.adjustments[_BATCH]) == (4, 2)
    assert run.error is not None
    assert run.error.title == "The GPU is out of memory"
    commands.request(db, run_id, Request.RESUME)
    until(status_is(db, run_id, RunStatus.FINISHED), scheduler, seconds=30)
    assert [(each.adjustments or {}).get(_BATCH) for each in history.attempts(db, run_id)][-2:] == [2, 1]


def test_a_killed_scheduler_leaves_one_retry(db: Database, scheduler: Scheduler) -> None:
    """The next scheduler, which comes while the old process is still going, starts the second attempt once."""
    run_id = enqueue(db, "holds 4")
    until(lambda: queries.get_run(db, run_id).adjustments, scheduler)
    assert queries.get_run(db, run_id).status is RunStatus.QUEUED
    heir = Scheduler(db, (CPU,))
    heir.adopt()
    until(status_is(db, run_id, RunStatus.FINISHED), heir)
    until(lambda: not heir.workers, heir)
    assert [each.number for each in history.attempts(db, run_id)] == [1, 2]


def test_stopped_between_two_attempts(db: Database, scheduler: Scheduler) -> None:
    """A stop that comes while the first process is on its way out ends the run as stopped; its attempt had failed."""
    run_id = enqueue(db, "holds 4")
    until(lambda: queries.get_run(db, run_id).adjustments, scheduler)
    commands.request(db, run_id, Request.STOP)
    until(lambda: queries.get_run(db, run_id).status is RunStatus.STOPPED and not scheduler.workers, scheduler)
    (only,) = history.attempts(db, run_id)
    assert (only.outcome, only.exit_code) == ("failed", 1)
    assert queries.get_run(db, run_id).pending_request is None


def test_nan_is_answered_by_fp32_once(db: Database, scheduler: Scheduler) -> None:
    """Where it was asked for, NaN takes the run to fp32; steps done again are no longer marked. Else it ends."""
    run_id = enqueue(db, "poisoned", **{"training.on_nan": "retry"})
    until(lambda: queries.get_run(db, run_id).adjustments, scheduler)
    assert queries.get_run(db, run_id).not_finite_step == 3
    until(status_is(db, run_id, RunStatus.FINISHED), scheduler)
    run = queries.get_run(db, run_id)
    assert run.adjustments == {"hardware.precision": "fp32"}
    assert run.not_finite_step is None
    stopped = enqueue(db, "poisoned")
    until(status_is(db, stopped, RunStatus.FAILED), scheduler)
    run = queries.get_run(db, stopped)
    assert (run.not_finite_step, run.adjustments) == (3, {})
    assert math.isnan(run.metrics["loss"].last)
