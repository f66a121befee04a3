"""What did not go as it was asked for, on screen and in documents: NaN, and attempts that changed settings."""

import math
from typing import Any

import pytest
from acted_runs import ActedRun
from piloting import screen_text, shows

from bertft_tui.core.store import history, plain_reading, queries
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.cli.documents import full_document
from bertft_tui.tui.cli.showing import print_run

_OUT_OF_MEMORY = {"reason": "out_of_memory", "during": "training"}


def go_on_smaller(db: Database, run: ActedRun) -> ActedRun:
    """Let a run end out of memory and begin its second attempt."""
    from bertft_tui.core.store import ledger
    from bertft_tui.core.store.status import RunStatus

    run.say("error", title="The GPU is out of memory", message="2 GiB more.", hint="Halve.")
    run.say("failed", **_OUT_OF_MEMORY)
    (job,) = ledger.jobs(db, RunStatus.QUEUED)
    ledger.take(db, job, "cpu", "no GPU")
    return run.say("attempt", number=2, pid=8, host="here", device="cpu", versions={}).say("phase", phase="training")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_nan_is_seen_at_once(app: BertftApp, db: Database, size: tuple[int, int]) -> None:
    """A mark beside the status, words in the row and beside the table, a mark in the curve; the best is a number."""
    run = ActedRun(db, "poisoned").start().train(40)
    async with app.run_test(size=size) as pilot:
        await shows(pilot, "▶ poisoned")
        run.say("metrics", step=41, epoch=1.1, values={"loss": math.nan, "grad_norm": math.nan})
        run.say("metrics", step=42, epoch=1.1, values={"loss": math.nan})
        await shows(pilot, "▶× poisoned", "NaN at step 41")
        await pilot.press("enter")
        await shows(pilot, "NaN at step 41", "never the best", "loss NaN")
        assert screen_text(app).count("×") >= 2, "in words, and in the curve at its foot"
    record = queries.get_run(db, run.id)
    assert record.not_finite_step == 41
    best = record.metrics["loss"].best
    assert best is not None
    assert math.isfinite(best)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_divergence_is_seen_at_once(
    app: BertftApp, db: Database, size: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    """A mark beside the status, words in the row, beside the table and in `show`, a mark in the curve."""
    run = ActedRun(db, "rising").start().train(40)
    async with app.run_test(size=size) as pilot:
        await shows(pilot, "▶ rising")
        assert "↑" not in screen_text(app)
        run.say("warning", title="The training diverges", message="It is 9.", hint="Less.", diverged_step=40)
        await shows(pilot, "▶↑ rising", "diverged at step 40")
        await pilot.press("enter")
        await shows(pilot, "diverged at step 40", "stayed up")
        assert screen_text(app).count("↑") >= 2, "in words, and in the curve at its top"
    assert full_document(db, run.id)["diverged_step"] == 40
    print_run(db, run.id, as_json=False)
    assert "diverged at step 40" in capsys.readouterr().out
    run.say("plan", max_steps=76, steps_per_epoch=38, start_step=38)
    assert queries.get_run(db, run.id).diverged_step is None, "its steps are done again"


def test_a_run_that_ended_for_its_divergence(db: Database) -> None:
    """Its step is that of its closing event, and no attempt follows."""
    run = ActedRun(db, "rising").start().train(40).say("failed", reason="diverged", step=40)
    record = queries.get_run(db, run.id)
    assert (str(record.status), record.diverged_step, record.not_finite_step) == ("failed", 40, None)


async def test_a_smaller_batch_is_seen(app: BertftApp, db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """Row, panel, attempts and `show` say what was changed and why; between two attempts nothing has failed."""
    run = ActedRun(db, "large").start().train(5)
    run.say("failed", **_OUT_OF_MEMORY)
    between = queries.get_run(db, run.id)
    assert (str(between.status), between.error, between.ended_at) == ("queued", None, None)
    words = "batch 4 × 2 after running out of memory"
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "large", words)
        await pilot.press("enter", "5")
        await shows(pilot, words)
    document = full_document(db, run.id)
    assert document["adjustments"] == between.adjustments != {}
    assert document["attempts"][0]["adjustments"] == {}
    assert document["not_finite_step"] is None
    print_run(db, run.id, as_json=False)
    assert words in capsys.readouterr().out


async def test_an_attempt_names_its_changes(app: BertftApp, db: Database) -> None:
    """In the pane of attempts the second one stands with its batch."""
    run = go_on_smaller(db, ActedRun(db, "large").start().train(5))
    assert [bool(each.adjustments) for each in history.attempts(db, run.id)] == [False, True]
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "large")
        await pilot.press("enter", "5")
        await shows(pilot, "with batch 4 × 2 after running out of memory")


def test_extreme_values_are_kept_and_never_the_best(db: Database) -> None:
    """NaN, infinities, 1e308 and steps that go backwards: all stored; the best and the curve stay what they are."""
    run = ActedRun(db, "wild").start()
    said: list[tuple[int, Any]] = [
        (1, 0.7),
        (2, math.nan),
        (3, math.inf),
        (4, -math.inf),
        (5, 1e308),
        (2, 0.6),
        (1, 0.9),
    ]
    for step, value in said:
        run.say("metrics", step=step, epoch=step / 10, values={"eval_loss": value, "eval_accuracy": value})
    series = plain_reading.series(db, run.id, "eval_loss")
    assert series.steps == (1, 2, 3, 4, 5)
    assert series.values == (0.9, 0.6, math.inf, -math.inf, 1e308)
    record = queries.get_run(db, run.id)
    assert (record.metrics["eval_loss"].best, record.metrics["eval_loss"].best_step) == (0.6, 2)
    assert record.metrics["eval_loss"].last == 1e308
    assert record.not_finite_step == 2, "the first that was seen"
    run.say("plan", max_steps=76, steps_per_epoch=38, start_step=1)
    assert queries.get_run(db, run.id).not_finite_step is None, "its steps are done again"
