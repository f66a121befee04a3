"""The verdict in the app: beside the table, on the run's own screen, and the form that takes its advice."""

import numpy as np
from acted_runs import DEMO, ActedRun
from piloting import screen_text, shows, until
from test_run_panes import HOSTILE, says
from textual.pilot import Pilot

from bertft_tui.core.store import ledger, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.interests.verdict import VerdictOn
from bertft_tui.tui.screens.new_run.form import FormScreen
from bertft_tui.tui.screens.pick import Pick

BESIDE = (140, 50)


def flat(pilot: Pilot[str]) -> str:
    """What is right of the table, its lines joined."""
    lines = (line.rpartition("│")[2].strip() for line in screen_text(pilot).splitlines())
    return " ".join(lines)


def learns_by_heart(db: Database) -> ActedRun:
    """A run with two things to advise: more epochs, and more texts."""
    run = ActedRun(db, "by heart").start()
    run.say("plan", max_steps=76, steps_per_epoch=38, train_rows=300, eval_rows=200, labels=["no", "yes"],
            problem_type="single_label_classification")  # fmt: skip
    for step in range(1, 77):
        values = {"loss": 0.7 if step < 20 else 0.02}
        if step % 38 == 0:
            values |= {"eval_loss": 0.5 - step / 400, "eval_accuracy": 0.7 + step / 400}
        run.say("metrics", step=step, epoch=step / 38, values=values)
    return run.say("progress", step=76, max_steps=76, epoch=2.0, samples_per_second=9.0).finish()


async def test_two_sentences_stand_beside_the_table_and_all_on_the_runs_screen(app: BertftApp, db: Database) -> None:
    """Each with its number, and below it what it would change."""
    learns_by_heart(db)
    async with app.run_test(size=BESIDE) as pilot:
        await until(pilot, lambda: "It still improved at the end: accuracy went from 0.795 at epoch 1" in flat(pilot))
        assert "Best accuracy 0.890 (95 % 0.839 to 0.926, 200 texts) at epoch 2;" in flat(pilot)
        assert "V try num_train_epochs 2 → 4" in flat(pilot)
        assert "learnt" not in flat(pilot)
        assert "train_size 300 → 600" not in flat(pilot)
        await pilot.press("enter")
        await shows(pilot, "V try num_train_epochs 2 → 4", "V try train_size 300 → 600", "the best of 2 evaluations")


async def test_a_key_opens_the_form_with_what_is_advised(app: BertftApp, db: Database) -> None:
    """Several are asked for; the new run will be a child of this one, with one setting changed."""
    run = learns_by_heart(db)
    async with app.run_test(size=BESIDE) as pilot:
        await until(pilot, lambda: "V try num_train_epochs 2 → 4" in flat(pilot))
        await pilot.press("V")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        await shows(pilot, "What should the next run change?", "num_train_epochs 2 → 4", "train_size 300 → 600")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await shows(pilot, "from by heart", "1 changed")
        await until(pilot, lambda: f"--from {run.id} --set data.train_size=600" in flat(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(queries.list_runs(db)) == 2)
    child = queries.list_runs(db)[0]
    assert (child.parent, child.change_note) == (run.id, "train_size 300 → 600")
    assert child.config.data.train_size == 600


async def test_one_advice_is_taken_at_once_over_a_draft(app: BertftApp, db: Database) -> None:
    """What a draft has in other fields stays; what is only filled in leaves none."""
    ActedRun(db, "one").start().train(best=0.9).finish()
    async with app.run_test(size=BESIDE) as pilot:
        await until(pilot, lambda: "V try num_train_epochs 2 → 4" in flat(pilot))
        await pilot.press("enter", "V")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await shows(pilot, "1 changed")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, FormScreen))
        await pilot.press("N")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press(*["backspace"] * 4, *"1e-3", "escape")
        await until(pilot, lambda: not isinstance(app.screen, FormScreen))
        await pilot.press("V")
        await shows(pilot, "There is a draft", "learning_rate")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await shows(pilot, "2 changed")
        await until(pilot, lambda: "training.num_train_epochs=4 --set training.learning_rate=0.001" in flat(pilot))


async def test_where_nothing_is_advised_the_key_says_so(app: BertftApp, db: Database) -> None:
    """A run that waits, and one whose verdict asks for nothing."""
    good = ActedRun(db, "good").start().evaluate(38, 0.97).evaluate(76, 0.97).finish()
    ActedRun(db, "good again", DEMO.with_settings({"training.seed": 1}))
    async with app.run_test(size=BESIDE) as pilot:
        await shows(pilot, "good again")
        await pilot.press("V")
        await until(pilot, lambda: says(app, "There is no verdict on good again yet: nothing has been measured."))
        await pilot.press("down")
        await until(pilot, lambda: app.snapshot.answer(VerdictOn(good.id)) is not None)
        await until(pilot, lambda: "Best accuracy 0.970" in flat(pilot))
        await pilot.press("V")
        await until(pilot, lambda: says(app, "The verdict on good advises no other settings; N starts a run"))


async def test_labels_in_a_verdict_are_made_safe(app: BertftApp, db: Database) -> None:
    """A label may hold anything; no control character of it comes to the terminal."""
    run = ActedRun(db, "hostile").start()
    run.say("plan", max_steps=76, steps_per_epoch=38, train_rows=300, eval_rows=20, labels=[HOSTILE, "yes"],
            problem_type="single_label_classification")  # fmt: skip
    run.evaluate(76, 0.5)
    label = np.arange(20, dtype=np.int32) % 2
    said = Predictions(76, label, np.ones(20, np.int32), np.full((20, 2), 0.5, np.float32), label.astype(np.uint64))
    ledger.save_predictions(db, run.key, said)
    run.finish()
    async with app.run_test(size=BESIDE) as pilot:
        await until(pilot, lambda: "always answering “␛[2J[red]" in flat(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "never predicted (“␛[2J[red]" in " ".join(screen_text(pilot).split()))
        assert "\x1b" not in screen_text(pilot)
