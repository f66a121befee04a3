"""One run's own screen: progress, panes, log."""

import re
from pathlib import Path

import pytest
from acted_runs import DEMO, ActedRun
from piloting import screen_lines, screen_text, shows, until

from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import Request
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.interests.curves import Curves
from bertft_tui.tui.interests.log_end import LogEnd
from bertft_tui.tui.screens.new_run.form import FormScreen
from bertft_tui.tui.screens.run_detail import RunScreen


def run_record(db: Database) -> RunRecord:
    """The only run of a store."""
    return queries.list_runs(db)[0]


def write_log(db: Database, run: ActedRun, text: str) -> Path:
    """Let the run's process have printed something."""
    directory = db.path.run(run.id)
    directory.create()
    directory.log.write_text(text, encoding="utf-8")
    return directory.log


async def test_progress_grows_while_it_is_watched(app: BertftApp, db: Database) -> None:
    """Step, share, epoch, throughput and time left of a live run, as they change."""
    run = ActedRun(db, "live").start().train(19)
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "live")
        await pilot.press("enter")
        await shows(pilot, "25%", "training", "epoch 0.5/2", "12.5/s", "step 19/76", "ETA 0:3")
        run.train(57, since=19)
        await shows(pilot, "75%", "step 57/76", "0.910")
        run.say("phase", phase="evaluating").say("progress", step=57, max_steps=76, done=2, total=7)
        await shows(pilot, "evaluating 2/7")
        run.train(76, since=57).finish()
        await shows(pilot, "✓ live", "finished", "0.940")


async def test_a_best_value_from_before_training_is_said_to_be_one(app: BertftApp, db: Database) -> None:
    """Table, chart, pane and comparison; an evaluation early in the first epoch is none."""
    run, early = ActedRun(db, "got worse").start(), ActedRun(db, "early").start()
    for each, step in ((run, 0), (early, 1)):
        each.evaluate(step, 0.5).train(76, best=0.4).finish()
    async with app.run_test(size=(100, 45)) as pilot:
        await shows(pilot, "got worse", "early")
        lines = {line.split()[1]: line.split() for line in screen_lines(pilot) if line.startswith(" ✓")}
        assert ("start" in lines["got"], "start" in lines["early"]) == (True, False)
        await pilot.press("end", "enter")
        await shows(pilot, "0.500†  best, at the start", "0.500†±.069 start  0.400", "start: before training")
        app.open_comparison([run.id, early.id])
        await shows(pilot, "at start", "at 0")


async def test_panes_by_number_and_tab(app: BertftApp, db: Database) -> None:
    """Each pane shows what its name says; tab goes round."""
    changed = DEMO.with_settings({"training.learning_rate": 3e-5})
    run = ActedRun(db, "one", changed).start().train().finish()
    write_log(db, run, "loading\nSome weights were newly initialised\n")
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "one")
        await pilot.press("enter")
        await shows(pilot, "● eval", "accuracy", "Best accuracy 0.940 (95 % 0.898 to 0.965, 200 texts)")
        await pilot.press("2")
        await shows(pilot, "differs from preset demo", "* learning_rate", "3e-5  was 2e-4", "name_or_path")
        await pilot.press("3")
        await shows(pilot, "76 steps, 38 an epoch", "step 38, 273 MB, the best so far", "finished")
        await pilot.press("4")
        await shows(pilot, "Some weights were newly initialised")
        await pilot.press("5")
        await shows(pilot, "process 7 on here, cpu", str(db.path.run(run.id).path)[:60])
        await pilot.press("6")
        await shows(pilot, "76      2  273 MB     0.940", "removed", "0 of 2 are on the disk")
        await pilot.press("7")
        await shows(pilot, "This run recorded none")
        await pilot.press("8")
        await shows(
            pilot,
            "bertft-tui run --preset demo --set training.learning_rate=3e-5",
            "torch",
            run_record(db).config.fingerprint(),
        )
        await pilot.press("9")
        await shows(pilot, "This run has no predictions", "N trains it again")
        await pilot.press("i")
        await shows(pilot, "This run has no predictions", "N trains it again")
        await pilot.press("tab")
        await shows(pilot, "● eval")


async def test_the_pane_of_attempts_says_who_asked(app: BertftApp, db: Database) -> None:
    """A request stands there with who made it."""
    run = ActedRun(db, "one").start().train(5)
    commands.request(db, run.id, Request.STOP, by="ada [/]")
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "one")
        await pilot.press("enter", "5")
        await shows(pilot, "stop by ada [/]  waits")


async def test_in_a_wide_terminal_the_curves_stay(app: BertftApp, db: Database) -> None:
    """At 120 columns the other panes stand beside the curves."""
    ActedRun(db, "one").start().train().finish()
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "one")
        await pilot.press("enter", "3")
        await shows(pilot, "● eval", "76 steps, 38 an epoch")


async def test_the_log_is_followed(app: BertftApp, db: Database) -> None:
    """Lines that are added appear, at the end; escapes in them are shown as text."""
    run = ActedRun(db, "live").start()
    log = write_log(db, run, "".join(f"line {number}\n" for number in range(200)))
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "live")
        await pilot.press("l")
        await shows(pilot, "line 199")
        with log.open("a") as file:
            file.write("\x1b[31mred [/]\n")
        await shows(pilot, "␛[31mred [/]")
        await pilot.press("home")
        await shows(pilot, "line 0")
        with log.open("a") as file:
            file.write("not pulled away\n")
        await until(pilot, lambda: app.snapshot.answer(LogEnd(run.id)).size == log.stat().st_size)  # type: ignore[union-attr]
        await pilot.pause()
        assert "line 0" in screen_text(pilot)


async def test_chart_keys(app: BertftApp, db: Database) -> None:
    """y, +, - and 0 change how the loss is drawn, and the heading says how."""
    ActedRun(db, "one").start().train().finish()
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "EMA 0.8")
        await pilot.press("plus")
        await shows(pilot, "EMA 0.9")
        await pilot.press("minus", "minus")
        await shows(pilot, "EMA 0.7")
        await pilot.press("0")
        await until(pilot, lambda: "EMA" not in screen_text(pilot))
        await pilot.press("y", "enter")
        await shows(pilot, "log y")


async def test_curves_are_read_out_and_zoomed(app: BertftApp, db: Database) -> None:
    """A cursor says exact values; a part is looked at closely, by epoch, step or time; esc takes one layer away."""
    run = ActedRun(db, "one").start().train()
    run.say("metrics", step=76, values={"learning_rate": 1e-5, "grad_norm": 2.0}).finish()
    async with app.run_test(size=(90, 36)) as pilot:
        await shows(pilot, "one")
        await pilot.press("enter")
        await shows(pilot, "● eval", "accuracy ▲ 0.94")
        await pilot.press("left")
        await shows(pilot, "step 76  epoch 2  at 1:18", "accuracy ▲ 0.94", "● 0.26")
        await pilot.press("shift+left", "left")
        await shows(pilot, "(step 76)")
        before = re.search(r"step (\d+)  epoch ([\d.]+)", screen_text(pilot))
        assert before is not None
        assert int(before[1]) / 38 == pytest.approx(float(before[2]), abs=1e-3)
        assert 50 < int(before[1]) < 74
        await pilot.press("greater_than_sign", "greater_than_sign")
        await shows(pilot, "zoom: epoch 1.")
        await until(pilot, lambda: any(isinstance(each, Curves) and each.part for each in app.snapshot.answers))
        await pilot.press("right_square_bracket", "w")
        await shows(pilot, "zoom: step ")
        await pilot.press("w")
        await shows(pilot, "zoom: second ")
        await pilot.press("escape")
        await until(pilot, lambda: "step 7" not in screen_text(pilot))
        await shows(pilot, "zoom: second ")
        await pilot.press("escape", "w", "full_stop")
        await shows(pilot, "learning_rate 1e-5  last", "f1 ▲ 0.936", "chart 5 to 3 of 5")
        await pilot.press("f")
        await shows(pilot, "f1 ▲", "EMA 0.8", "accuracy", "learning_rate 1e-5  last", "chart 5 to 3 of 5")
        await pilot.click("#chart-1", offset=(20, 5))
        await shows(pilot, "epoch 0.")
        await pilot.press("escape", "escape")
        await shows(pilot, "Best accuracy 0.940")  # no longer the curves alone
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, RunScreen))


async def test_a_copy_from_the_runs_own_screen(app: BertftApp, db: Database) -> None:
    """N opens the form with the run's settings."""
    ActedRun(db, "one").start().train().finish()
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "one")
        await pilot.press("enter", "N")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await shows(pilot, "from one")


async def test_the_note_stands_on_the_runs_screen(app: BertftApp, db: Database) -> None:
    """What people said is shown with the run."""
    run = ActedRun(db, "one").start().train().finish()
    commands.annotate(db, run.id, note="the one to beat", tags=["base"])
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "one")
        await pilot.press("enter")
        await shows(pilot, "the one to beat", "#base")
