"""What runs took for what they reached, in the app: scatter, front and list at every size; keys; nothing to weigh."""

from acted_runs import DEMO, STEPS, ActedRun
from piloting import screen_lines, screen_text, shows, until
from snapshots import comes_to_match
from test_hostile_text import HOSTILE, SIZES, assert_harmless
from textual.pilot import Pilot

from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.screens.costs import CostScreen
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.screens.runs import RunsScreen

#: Seconds, accuracy, device: two of them are beaten.
_RUNS = ((40, 0.81, "cpu"), (60, 0.79, "cpu"), (90, 0.88, "cpu"), (200, 0.87, "cuda:0"), (420, 0.93, "cuda:0"))


def lasting(
    db: Database, name: str, seconds: float, accuracy: float = 0.9, *, device: str = "cpu", dataset: str = "demo"
) -> ActedRun:
    """A finished run that has taken so long."""
    run = ActedRun(db, name, DEMO.with_settings({"data.dataset": dataset})).start(device)
    run.later(seconds).evaluate(STEPS, accuracy)
    return run.say("metrics", step=STEPS, values={"train_samples_per_second": 20.0}).finish()


def several(db: Database) -> list[ActedRun]:
    """Six runs on the same texts, one of them far off, and one on others."""
    runs = [lasting(db, f"run of {seconds} s", seconds, value, device=device) for seconds, value, device in _RUNS]
    runs.append(lasting(db, "diverged", 300, 0.2))
    return [*runs, lasting(db, "elsewhere", 50, 0.99, dataset="copy.csv")]


async def opened(pilot: Pilot[str], app: BertftApp, run: ActedRun) -> CostScreen:
    """Open the costs at a run by the key."""
    await shows(pilot, "bertft-tui")
    await until(pilot, lambda: isinstance(app.screen, RunsScreen) and app.screen.table.rows)
    app.highlight = run.id
    app.show()
    await until(pilot, lambda: app.highlight is None)
    await pilot.press("C")
    await until(pilot, lambda: isinstance(app.screen, CostScreen))
    screen = app.screen
    assert isinstance(screen, CostScreen)
    return screen


async def test_the_costs_as_they_are_drawn(app: BertftApp, db: Database) -> None:
    """At every size: the front as marks on a line, the others as points, the highlighted one on an upright line."""
    runs = several(db)
    async with app.run_test(size=SIZES[0]) as pilot:
        await opened(pilot, app, runs[3])
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await shows(pilot, "6 runs, 3 of them beaten by", "◆ beaten by none", "◆  run of 420 s")
            await comes_to_match(f"cost-{width}", lambda: screen_text(pilot))


async def test_its_keys(app: BertftApp, db: Database) -> None:
    """The cursor begins at the run, enter opens it, tab shows runs on other texts, M turns the metric."""
    runs = several(db)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        screen = await opened(pilot, app, runs[3])
        await shows(pilot, "run of 200 s")
        assert screen.board.cursor == runs[3].id
        await pilot.press("G", "enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert screen.board.cursor == runs[4].id
        await pilot.press("tab")
        await shows(pilot, "1 run, 1 of them beaten by none", "elsewhere")
        await pilot.press("tab", "M")
        await shows(pilot, "eval_f1 on 200 texts: 6 runs")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))


async def test_the_filter_of_the_table_holds_here_too(app: BertftApp, db: Database) -> None:
    """Only runs that match are weighed, and the screen says so."""
    runs = several(db)
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "elsewhere")
        app.where = "device:cpu"
        await opened(pilot, app, runs[2])
        await shows(pilot, "4 runs, 2 of them beaten by none", "Only runs that match 'device:cpu'")


async def test_nothing_to_weigh(app: BertftApp, db: Database) -> None:
    """Runs that have not finished have no costs yet, and the screen says so."""
    run = ActedRun(db, "alive").start().train(20)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app, run)
        await shows(pilot, "No run to weigh", "has finished yet")


async def test_hostile_names(app: BertftApp, db: Database) -> None:
    """Markup, escapes and wide names steer nothing, and every line keeps its width."""
    runs = [lasting(db, name, 10 + place) for place, name in enumerate(HOSTILE)]
    async with app.run_test(size=SIZES[0]) as pilot:
        await opened(pilot, app, runs[0])
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await shows(pilot, f"{len(HOSTILE)} runs, 1 of them")
            assert_harmless(screen_lines(pilot), width)
