"""The learning curve in the app: as it is drawn, its keys, and what it says where there is none."""

import pytest
from acted_runs import DEMO, STEPS, ActedRun
from piloting import screen_lines, screen_text, shows, until
from snapshots import comes_to_match
from test_hostile_text import SIZES, assert_harmless
from textual.pilot import Pilot

from bertft_tui.core.config import RunConfig
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.growing import UNKNOWN, sizes_to_try
from bertft_tui.tui.screens.learning import LearningScreen
from bertft_tui.tui.screens.new_run.form import FormScreen
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.screens.runs import RunsScreen


def trained(db: Database, rows: int, accuracy: float, seed: int = 42, base: RunConfig = DEMO) -> ActedRun:
    """A finished run on so many of 25,000 rows, at 20 texts a second."""
    config = base.with_settings({"data.train_size": rows, "training.seed": seed})
    run = (
        ActedRun(db, f"{rows} rows, seed {seed}", config).start().say("plan", train_rows=rows, train_available=25_000)
    )
    values = {"train_runtime": rows / 10, "train_samples_per_second": 20.0}
    return run.evaluate(STEPS, accuracy).say("metrics", step=STEPS, values=values).finish()


def series(db: Database) -> list[ActedRun]:
    """Four sizes on a power law, one of them with three seeds."""
    runs = [trained(db, rows, 1 - 2 * rows**-0.4) for rows in (250, 500, 2000)]
    return [*runs, *(trained(db, 1000, 0.872 + seed / 500, seed) for seed in (0, 1, 2))]


async def opened(pilot: Pilot[str], app: BertftApp, run: ActedRun) -> None:
    """Open the curve of a run's recipe by its key."""
    await shows(pilot, "bertft-tui")
    app.highlight = run.id
    await until(pilot, lambda: isinstance(app.screen, RunsScreen) and app.screen.table.rows)
    await until(pilot, lambda: app.highlight is None)
    await pilot.press("L")
    await until(pilot, lambda: isinstance(app.screen, LearningScreen))


async def test_the_curve_as_it_is_drawn(app: BertftApp, db: Database) -> None:
    """At each size: the law, what the whole set would bring and cost, points with intervals, who was left out."""
    runs = series(db)
    lost = ActedRun(db, "the lost one", DEMO.with_settings({"data.train_size": 4000})).start()
    lost.lose("The process vanished", "Killed.")
    async with app.run_test(size=SIZES[0]) as pilot:
        await opened(pilot, app, runs[0])
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await shows(pilot, "At 25,000 rows about 0.96", "left out: the lost one is lost")
            await comes_to_match(f"learning-{width}", lambda: screen_text(pilot))


async def test_its_keys(app: BertftApp, db: Database) -> None:
    """The cursor goes over the points, enter opens the newest run of a size, M takes another metric, esc leaves."""
    runs = series(db)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await opened(pilot, app, runs[0])
        await shows(pilot, "1 - eval_accuracy = ")
        await pilot.press("j", "j")
        screen = app.screen
        assert isinstance(screen, LearningScreen)
        assert screen.board.cursor == runs[-1].id
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        await pilot.press("escape", "M")
        await shows(pilot, "1 - eval_f1 = ")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await shows(pilot, "4000, 8000", "2 runs")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))


async def test_with_too_few_sizes_it_says_how_to_make_them(app: BertftApp, db: Database) -> None:
    """One size: what is missing, and the key that fills the form with the others; each is a run of its own."""
    run = trained(db, 1000, 0.87)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, app, run)
        await shows(pilot, "1 of the 3 sizes that a curve needs at least.", "n starts runs on 250, 500 rows")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await shows(pilot, "250, 500", "2 runs")


async def test_a_run_that_is_no_point_yet(app: BertftApp, db: Database) -> None:
    """A queued run alone has no chart, and is listed with the reason."""
    run = ActedRun(db, "[bold]waits\x1b[2J")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, app, run)
        await shows(pilot, "0 of the 3 sizes", "left out: [bold]waits", "is queued", "runs on 250, 500, 1,000")
        assert_harmless(screen_lines(pilot), 80)


@pytest.mark.parametrize(
    ("measured", "own", "available", "wanted"),
    [
        ((), None, None, UNKNOWN),
        ((), 1000, 5000, (250, 500, 1000)),
        ((1000,), 1000, 5000, (250, 500)),
        ((500, 1000), None, None, (250,)),
        ((250, 1000), 250, 1000, (500,)),
        ((250, 500, 1000), None, 25_000, (2000, 4000)),
        ((250, 500, 1000), None, 2500, (2000,)),
        ((250, 500, 1000), None, 1800, (1800,)),
        ((250, 500, 1000), None, None, (2000, 4000)),
        ((250, 500, 1000), None, 1000, ()),
        ((1,), 1, 1, ()),
    ],
)
def test_the_sizes_that_tell_most(
    measured: tuple[int, ...], own: int | None, available: int | None, wanted: tuple[int, ...]
) -> None:
    """Smaller ones until there is a law, then larger ones as far as there are rows; none that was measured."""
    assert sizes_to_try(measured, own, available) == wanted
