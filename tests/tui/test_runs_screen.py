"""The table of runs: rows come and change, the cursor stays, foreign names are text."""

import threading

import pytest
from acted_runs import DEMO, ActedRun, table_of_runs
from piloting import screen_lines, screen_text, shows, until
from rich.cells import cell_len
from textual.pilot import Pilot

from bertft_tui.core.errors import InputError, Problem
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import EvaluationRecord, RunRecord
from bertft_tui.core.store.status import Request
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.widgets.run_table import RunTable

SIZES = [(60, 20), (80, 24), (120, 40), (200, 50)]


def cursor(app: BertftApp) -> str | None:
    """The run under the cursor."""
    return app.screen.query_one(RunTable).cursor


def first_names(pilot: Pilot[str]) -> list[str]:
    """The first words of the names of finished runs, from the top of the table."""
    return [line.split()[1] for line in screen_lines(pilot) if line.startswith(" ✓")]


async def test_an_empty_store_says_how_to_begin(app: BertftApp) -> None:
    """No runs: a friendly text names the key, and no key crashes."""
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "No runs yet.", "n starts one")
        await pilot.press("down", "enter", "x", "X", "r", "N", "m", "s", "S", "2", "1", "l")
        await shows(pilot, "No runs yet.")


async def test_runs_appear_and_change_and_the_cursor_stays(app: BertftApp, db: Database) -> None:
    """Newer runs push the others down; the cursor stays on its run."""
    first = ActedRun(db, "the first").start().train(5)
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "the first", "step 5/76")
        assert cursor(app) == first.id
        second = ActedRun(db, "the second")
        await shows(pilot, "the second")
        assert cursor(app) == first.id
        first.train(38, since=5)
        await shows(pilot, "0.910")
        first.train(76, since=38).finish()
        await shows(pilot, "0.940", "✓ the first")
        assert cursor(app) == first.id
        await pilot.press("up")
        await until(pilot, lambda: cursor(app) == second.id)


async def test_sorting_keeps_the_cursor_on_its_run(app: BertftApp, db: Database) -> None:
    """Another order, the same run under the cursor; the best comes first; what is chosen anew is not turned round."""
    ActedRun(db, "better").start().train(best=0.97).finish()
    worse = ActedRun(db, "worse").start().train(best=0.85).finish()
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "better", "worse")
        await pilot.press("s", *"best", "enter")
        await until(pilot, lambda: first_names(pilot) == ["better", "worse"])
        assert cursor(app) == worse.id
        await pilot.press("S")
        await until(pilot, lambda: first_names(pilot) == ["worse", "better"])
        await pilot.press("s", *"best", "enter")
        await until(pilot, lambda: first_names(pilot) == ["better", "worse"])


async def test_messages_do_not_pile_up(app: BertftApp, db: Database) -> None:
    """Two at a time; warnings stay beside them, for they come once and together."""
    ActedRun(db, "one").start().train().finish()
    async with app.run_test(size=(80, 40), notifications=True) as pilot:
        await shows(pilot, "one")
        app.warn((Problem("A rare class", "sport"), Problem("Duplicates", "12"), Problem("Long texts", "5")))
        await pilot.press("x", "x", "X", "x", "X")
        await shows(pilot, "cannot be cancelled", "A rare class", "Duplicates", "Long texts")
        await until(pilot, lambda: screen_text(pilot).count("This run cannot be") == 2)


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_shows_names_whole(app: BertftApp, db: Database, size: tuple[int, int]) -> None:
    """Columns give way before names do, and status, best value and keys are there at every size."""
    table_of_runs(db)
    async with app.run_test(size=size) as pilot:
        await shows(pilot, "learning_rate 3e-5, four epochs", "lr 3e-5, batch 32", "0.955", "training", "? help")
        lines = screen_lines(pilot)
        assert {cell_len(line) for line in lines} == {size[0]}
        if size[0] >= 110:
            await shows(pilot, "● eval")
        else:
            assert "● eval" not in screen_text(pilot)
        await pilot.press("down", "2")
        await shows(pilot, "loss", "train", "as preset demo" if size[1] > 20 else "Best accuracy 0.910")
        await pilot.press("escape")  # back to the table, which a small terminal shows no more meanwhile
        await shows(pilot, "lr 3e-5, batch 32", "name")


async def test_resizing_while_a_run_is_alive(app: BertftApp, db: Database) -> None:
    """Any size, also absurd ones, one after the other, while points arrive."""
    run = ActedRun(db, "live").start()
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "live")
        for step, size in enumerate([(20, 5), (200, 50), (60, 20), (1, 1), (120, 40), (80, 24)]):
            run.train(step + 1, since=step)
            await pilot.resize_terminal(*size)
            await pilot.press("enter") if step == 2 else None
        await shows(pilot, "live", "step 6/76")


async def test_the_panel_says_what_changed_and_what_went_wrong(app: BertftApp, db: Database) -> None:
    """Beside the table: the differences from the parent, the device's reason, an error with its hint."""
    parent = ActedRun(db, "parent").start().finish()
    record = queries.get_run(db, parent.id)
    changed = record.config.with_settings({"training.learning_rate": 3e-5})
    child = ActedRun(db, None, changed, record).start().train(40)
    child.fail("Out of memory", "The GPU has 8 GB.", "Try a smaller batch.")
    async with app.run_test(size=(120, 50)) as pilot:
        await shows(
            pilot, "learning_rate 2e-4 → 3e-5", "differs from parent", "Try a smaller batch.", "no GPU was found"
        )


async def test_the_metric_is_chosen_by_a_key(app: BertftApp, db: Database) -> None:
    """M goes from metric to metric; table and header follow."""
    ActedRun(db, "one").start().train().finish()
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "by accuracy", "0.940")
        await pilot.press("M")
        await shows(pilot, "by f1", "0.936")


@pytest.mark.parametrize("mark", ["†", "'"])
@pytest.mark.parametrize("size", SIZES)
async def test_a_best_value_is_marked_and_its_mark_explained(
    app: BertftApp, db: Database, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], mark: str
) -> None:
    """Table, chart and header say that the rows also chose it; the loss of one evaluation has no mark to explain."""
    monkeypatch.setenv("BERTFT_ASCII", str(int(mark.isascii())))
    ActedRun(db, "half way").start().train(50)
    async with app.run_test(size=size) as pilot:
        await shows(pilot, "half way", "0.910")
        assert "selected on this set" not in screen_text(pilot)
        ActedRun(db, "done").start().train().finish()
        await shows(pilot, f"0.940{mark}", f"{mark} selected on this set")
        await pilot.press("up", "enter", *(["full_stop"] if size[0] < 80 else []))  # there is room for one chart
        await shows(pilot, f"accuracy {'^' if mark.isascii() else '▲'} 0.940{mark}")
        assert f"{mark} selected on this set" in screen_lines(pilot)[0]


async def test_a_request_that_cannot_be_says_why(app: BertftApp, db: Database) -> None:
    """Stop and cancel on a finished run are refused in words; nothing is asked for."""
    run = ActedRun(db, "done").start().train().finish()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "done")
        await pilot.press("x")
        await shows(pilot, "This run cannot be stopped", "It has finished.")
        await pilot.press("X")
        await shows(pilot, "This run cannot be cancelled")
        assert queries.get_run(db, run.id).pending_request is None


async def test_stop_cancel_and_resume_reach_the_store(app: BertftApp, db: Database) -> None:
    """Stop asks at once, cancel asks first, resume takes a stopped run."""
    alive, stopped = ActedRun(db, "alive").start(), ActedRun(db, "was stopped").start().say("stopped")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "was stopped", "alive")
        await pilot.press("r")
        await until(pilot, lambda: queries.get_run(db, stopped.id).pending_request == "resume")
        await pilot.press("down", "x")
        await until(pilot, lambda: queries.get_run(db, alive.id).pending_request == "stop")
        await shows(pilot, "stopping…")
        await pilot.press("X")
        await shows(pilot, "Nothing is saved")
        await pilot.press("n")
        assert queries.get_run(db, alive.id).pending_request == "stop"
        await pilot.press("X", "y")
        await until(pilot, lambda: queries.get_run(db, alive.id).pending_request == "cancel")


async def test_names_notes_and_tags(app: BertftApp, db: Database) -> None:
    """One small dialog each; escape leaves things as they were."""
    run = ActedRun(db, "old")
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "old")
        await pilot.press("f2", *"er", "enter")
        await until(pilot, lambda: queries.get_run(db, run.id).name == "older")
        await pilot.press("m", *"so far q", "enter")
        await until(pilot, lambda: queries.get_run(db, run.id).note == "so far q")
        await pilot.press("t", *"a #b a", "enter")
        await until(pilot, lambda: queries.get_run(db, run.id).tags == ("a", "b"))
        await pilot.press("m", *"xyz", "escape")
        await shows(pilot, "older", "#a #b", "so far q")
        assert queries.get_run(db, run.id).note == "so far q"


async def test_the_queue_is_paused_and_goes_on(app: BertftApp, db: Database) -> None:
    """P pauses with a reason that the header shows, and lets go on."""
    ActedRun(db, "waits")
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "1 queued")
        await pilot.press("P")
        await shows(pilot, "queue paused", "by hand, P lets it go on")
        await pilot.press("P")
        await until(pilot, lambda: not queries.queue_state(db).paused)


async def test_many_runs_scroll_with_the_cursor(app: BertftApp, db: Database) -> None:
    """The cursor is always in sight, with one-line and two-line rows."""
    for place in range(40):
        run = ActedRun(db, f"run {place:02}")
        if place % 3 == 0:
            run.start()
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "run 39")
        for key, name in [("end", "run 00"), ("home", "run 39"), ("G", "run 00"), ("g", "run 39"), ("j", "run 38")]:
            await pilot.press(key)
            await until(pilot, lambda name=name: app.screen.selected.name == name)  # type: ignore[misc,attr-defined]
            await shows(pilot, name)


async def test_the_demo_run_is_highlighted(db: Database) -> None:
    """The app begins on the run that it is told."""
    wanted = ActedRun(db, "wanted")
    ActedRun(db, "newer")
    app = BertftApp(db, highlight=wanted.id, wake=lambda db: None)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: cursor(app) == wanted.id)


async def test_the_demo_run_is_opened_where_its_curves_have_no_room_beside_the_table(db: Database) -> None:
    """On a small terminal too the curve of the run that the app was opened for is seen to grow."""
    wanted = ActedRun(db, "wanted").start().train()
    app = BertftApp(db, highlight=wanted.id, wake=lambda db: None)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        await shows(pilot, "wanted", "loss", "EMA")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, RunScreen) and cursor(app) == wanted.id)


async def test_the_app_sees_to_a_scheduler_while_work_is_unfinished(db: Database) -> None:
    """A queued run: the scheduler is woken. Nothing unfinished: it is not."""
    woken: list[Database] = []
    run = ActedRun(db, "waits")
    async with BertftApp(db, wake=woken.append).run_test() as pilot:
        await until(pilot, lambda: woken)
    run.start().finish()
    woken.clear()
    async with BertftApp(db, wake=woken.append).run_test() as pilot:
        await shows(pilot, "waits")
    assert not woken


async def test_what_is_asked_of_a_run_wakes_the_scheduler(db: Database) -> None:
    """Resume, when no scheduler is left: one is woken once the request stands in the store."""
    found: list[str | None] = []
    run = ActedRun(db, "was stopped").start().say("stopped")
    async with BertftApp(
        db, wake=lambda db: found.append(queries.get_run(db, run.id).pending_request)
    ).run_test() as pilot:
        await shows(pilot, "was stopped")
        assert found == []
        await pilot.press("r")
        await until(pilot, lambda: found)
        assert found[0] == "resume"


async def test_an_open_request_is_unfinished_work(db: Database) -> None:
    """What another program asked for wakes a scheduler when the app opens, though every run has ended."""
    woken: list[Database] = []
    commands.request(db, ActedRun(db, "was stopped").start().say("stopped").id, Request.RESUME)
    async with BertftApp(db, wake=woken.append).run_test() as pilot:
        await until(pilot, lambda: woken)


async def test_enter_opens_the_run_and_escape_comes_back_to_it(app: BertftApp, db: Database) -> None:
    """The way in and out, the cursor where it was."""
    ActedRun(db, "one").start().train().finish()
    two = ActedRun(db, "two")
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "one", "two")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        ActedRun(db, "three")
        await pilot.press("escape")
        await shows(pilot, "three")
        assert cursor(app) == two.id


async def test_a_score_on_the_test_split_is_a_point_of_its_own(app: BertftApp, db: Database) -> None:
    """Its chart has one point, at the checkpoint, on an axis that ends at 1; the pane's columns stay in line."""
    run = ActedRun(db, "one").start().train().finish()
    found = {"accuracy": 1.0, "matthews_correlation": 0.788}
    commands.record_evaluation(db, run.id, EvaluationRecord(76, "demo", "test", True, 200, found, 0.0))
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "one", "test_matthews_correlation")
        while app.metric != "test_accuracy":
            await pilot.press("M")
        await shows(pilot, "test_accuracy ▲ 1.000", "1.00┤")
        assert "no points yet" not in screen_text(pilot)
        assert "1.10" not in screen_text(pilot)
        values = {"test_accuracy  ": "1.000", "test_matthews_correlation": "0.788", " accuracy  ": "0.940"}
        shown = [line for line in screen_lines(pilot) if "▲" not in line]
        rows = {name: next(line for line in shown if name in line) for name in values}
        assert len({rows[name].index(value) for name, value in values.items()}) == 1
        assert all(rows[name].count(value) == 1 for name, value in values.items())


async def test_a_run_is_scored_once_at_a_time(db: Database) -> None:
    """A second E says that the first is under way; the header says so until it ends, and leaving says what ends."""
    go_on = threading.Event()
    asked: list[str] = []

    def score(db: Database, run: RunRecord) -> str:
        asked.append(run.name)
        assert go_on.wait(30)
        if len(asked) == 1:
            raise InputError("It cannot be read", "model.safetensors is gone.", "Train again.")
        return "test_accuracy 0.875"

    ActedRun(db, "one", DEMO.with_settings({"data.test_split": "test"})).start().train().finish()
    app = BertftApp(db, wake=lambda db: None, score=score)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "one")
        await pilot.press("E", "E", "E")
        await shows(pilot, "scoring 1…", "is being scored already")
        assert asked == ["one"]
        go_on.set()
        await until(pilot, lambda: "scoring 1…" not in screen_text(pilot))
        await shows(pilot, "model.safetensors is gone.")
        await pilot.press("E")
        await shows(pilot, "test_accuracy 0.875")
        go_on.clear()
        await pilot.press("E", "q")
        go_on.set()
    assert app.return_value == "The scoring of one was ended; E starts it again."


async def test_a_run_without_a_test_split_is_not_scored(app: BertftApp, db: Database) -> None:
    """E says what is missing, and what to do."""
    ActedRun(db, "one").start().train().finish()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "one")
        await pilot.press("E")
        await shows(pilot, "This run has no test split", "data.test_split is empty")
