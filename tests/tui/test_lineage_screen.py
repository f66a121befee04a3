"""The lineage in the app: trees with what each step changed and brought, at every size; keys; runs without kin."""

import numpy as np
from acted_runs import DEMO, STEPS, ActedRun
from compared_runs import judged
from piloting import screen_lines, screen_text, shows, until
from snapshots import comes_to_match
from test_hostile_text import HOSTILE, SIZES, assert_harmless
from textual.pilot import Pilot

from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.screens.compare import CompareScreen
from bertft_tui.tui.screens.lineage import LineageScreen
from bertft_tui.tui.screens.new_run.form import FormScreen
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.screens.runs import RunsScreen

#: Of 200 texts, those that a run gets wrong.
_TEXTS = np.arange(200)


def made_from(db: Database, name: str | None, parent: ActedRun | None, wrong: int, **settings: object) -> ActedRun:
    """A run that gets the first so many of 200 texts wrong, made from another with settings changed."""
    config = DEMO.with_settings({key.replace("__", "."): value for key, value in settings.items()})
    record = queries.get_run(db, parent.id) if parent is not None else None
    return judged(db, name, wrong <= _TEXTS, config, record)


def family(db: Database) -> list[ActedRun]:
    """A root with two children, one of which has a child of its own; and a couple that is no kin of theirs."""
    root = made_from(db, "tutorial", None, 40)
    better = made_from(db, None, root, 10, training__learning_rate=1e-5)
    grandchild = made_from(db, "the same, once more", better, 11, training__learning_rate=1e-5, training__seed=1)
    untold = ActedRun(db, "without predictions", DEMO, queries.get_run(db, root.id)).start()
    untold.evaluate(STEPS, 0.85).finish()
    other = made_from(db, "another root", None, 50, training__num_train_epochs=3)
    waits = ActedRun(db, None, DEMO.with_settings({"data.max_length": 32}), queries.get_run(db, other.id))
    return [root, better, grandchild, untold, other, waits]


async def opened(pilot: Pilot[str], app: BertftApp, run: ActedRun) -> LineageScreen:
    """Open the lineage of a run by its key."""
    await shows(pilot, "bertft-tui")
    await until(pilot, lambda: isinstance(app.screen, RunsScreen) and app.screen.table.rows)
    app.highlight = run.id
    app.show()
    await until(pilot, lambda: app.highlight is None)
    await pilot.press("F")
    await until(pilot, lambda: isinstance(app.screen, LineageScreen))
    screen = app.screen
    assert isinstance(screen, LineageScreen)
    return screen


async def test_the_trees_as_they_are_drawn(app: BertftApp, db: Database) -> None:
    """The run's own tree first, at every size; each step with its change, its effect and its verdict."""
    runs = family(db)
    async with app.run_test(size=SIZES[0]) as pilot:
        await opened(pilot, app, runs[1])
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await shows(pilot, "2 trees of 6 runs", "learning_rate 2e-4 → 1e-5", "better (+15.0 points")
            await comes_to_match(f"lineage-{width}", lambda: screen_text(pilot))


async def test_its_keys(app: BertftApp, db: Database) -> None:
    """It begins at the run that was highlighted; enter opens, c compares with the parent, N starts a child."""
    root, better, grandchild, untold, *_ = family(db)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        screen = await opened(pilot, app, better)
        await shows(pilot, "not tested")
        assert screen.board.cursor == better.id
        await pilot.press("j")
        assert screen.board.cursor == grandchild.id
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        await pilot.press("escape", "c")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        await shows(pilot, "compare 2 runs")
        await pilot.press("escape", "g")
        await until(pilot, lambda: screen.board.cursor == root.id)
        await pilot.press("c")
        await shows(pilot, "This run was made from none that is here.")
        await pilot.press("N")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("M")
        await shows(pilot, "f1 0.9")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        assert untold.id


async def test_a_run_without_kin(app: BertftApp, db: Database) -> None:
    """It stands alone, and the screen says how to make a child."""
    run = made_from(db, "alone", None, 3)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app, run)
        await shows(pilot, "1 tree of 1 run", "No run was made from another yet: N starts one")


async def test_hostile_names(app: BertftApp, db: Database) -> None:
    """Markup, escapes and wide names steer nothing, and every line keeps its width."""
    before: ActedRun | None = None
    for name in HOSTILE:
        before = made_from(db, name, before, 5)
    assert before is not None
    async with app.run_test(size=SIZES[0]) as pilot:
        await opened(pilot, app, before)
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await shows(pilot, f"1 tree of {len(HOSTILE)} runs")
            assert_harmless(screen_lines(pilot), width)
