"""One run's own screen: progress, panes, log."""

from pathlib import Path

from acted_runs import DEMO, ActedRun
from piloting import screen_text, shows, until

from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.interests.history import History
from bertft_tui.tui.log_file import TAIL_BYTES, read_tail
from bertft_tui.tui.screens.new_run.form import FormScreen


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


async def test_panes_by_number_and_tab(app: BertftApp, db: Database) -> None:
    """Each pane shows what its name says; tab goes round."""
    changed = DEMO.with_settings({"training.learning_rate": 3e-5})
    run = ActedRun(db, "one", changed).start().train().finish()
    write_log(db, run, "loading\nSome weights were newly initialised\n")
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "one")
        await pilot.press("enter")
        await shows(pilot, "● eval", "accuracy", "300 texts to train on")
        await pilot.press("2")
        await shows(pilot, "differs from preset demo", "name_or_path")
        await pilot.press("end", "pageup")
        await shows(pilot, "* learning_rate", "3e-5  was 2e-4")
        await pilot.press("3")
        await shows(pilot, "76 steps, 38 an epoch", "step 38, 273 MB, the best so far", "finished")
        await pilot.press("4")
        await shows(pilot, "Some weights were newly initialised")
        await pilot.press("5")
        await shows(pilot, "process 7 on here, cpu", "step 76, epoch 2", str(db.path.run(run.id).path)[:60])
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
        await until(pilot, lambda: "not pulled away" in app.snapshot.answer(History(run.id)).log)  # type: ignore[union-attr]
        assert "line 0" in screen_text(pilot)


def test_the_tail_costs_what_is_shown(tmp_path: Path) -> None:
    """Of a large log only the end is read, whole lines; of a progress bar the last state; a missing log is empty."""
    file = tmp_path / "train.log"
    assert read_tail(file) == ()
    file.write_bytes(b"x" * 3_000_000 + b"\n" + b"y" * TAIL_BYTES + b"\nlast \xff\r 10%\r 20%\n")
    assert read_tail(file) == (" 20%",)
    file.write_bytes(b"\xff\x00binary\n\nend")
    assert read_tail(file) == ("\N{REPLACEMENT CHARACTER}␀binary", "", "end")


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
