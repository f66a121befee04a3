"""The comparison on screen: table and curves at every size, its keys, and runs that come, grow and go."""

from pathlib import Path

import numpy as np
import pytest
from acted_runs import DEMO, ActedRun
from compared_runs import brief, judged
from piloting import screen_lines, screen_text, shows, until
from rich.cells import cell_len
from snapshots import comes_to_match
from test_hostile_text import HOSTILE, SIZES, assert_harmless, hostile_runs
from textual.pilot import Pilot

from bertft_tui.core.scheduling.purge import purge
from bertft_tui.core.store import queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.screens.compare import CompareScreen
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.widgets.curve_chart import CurveChart


def screen(app: BertftApp) -> CompareScreen:
    """The comparison, which is on top."""
    assert isinstance(app.screen, CompareScreen)
    return app.screen


async def opened(pilot: Pilot[str], app: BertftApp, *runs: ActedRun) -> None:
    """Open the comparison and wait for its curves."""
    app.open_comparison([run.id for run in runs])
    await until(pilot, lambda: isinstance(app.screen, CompareScreen) and app.screen.comparison is not None)
    await until(pilot, lambda: all(app.snapshot.series(run.id) is not None for run in runs))
    await until(pilot, lambda: screen(app).sure is not None)
    await pilot.pause()


def trio(db: Database) -> list[ActedRun]:
    """A baseline, a better run, and one on other data."""
    slow = DEMO.with_settings({"training.learning_rate": 3e-5, "training.num_train_epochs": 4})
    other = DEMO.with_settings({"data.dataset": "stanfordnlp/imdb"})
    text = np.arange(200)
    return [
        judged(db, "tutorial", text % 17 != 0),  # 0.94
        judged(db, "learning_rate 3e-5, four epochs", text % 23 != 0, slow),  # 0.955
        brief(db, "imdb", other, 0.9),
    ]


async def test_the_comparison_as_it_is_drawn(app: BertftApp, db: Database) -> None:
    """Three runs at each size: the table first, both panes where there is room."""
    runs = trio(db)
    async with app.run_test(size=SIZES[0]) as pilot:
        await opened(pilot, app, *runs)
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await shows(pilot, "eval_accuracy ▲", "learning_rate", "compare 3 runs")
            await comes_to_match(f"compare-{width}", lambda: screen_text(pilot))
            if height < 34:
                await pilot.press("tab")
                await shows(pilot, "by epoch", "■ tutorial")
                await comes_to_match(f"compare-{width}-curves", lambda: screen_text(pilot))
                await pilot.press("tab")


async def test_the_keys_of_the_table(app: BertftApp, db: Database) -> None:
    """Cursor, baseline, settings that are the same, filter, metric, leaving out and putting back, opening."""
    first, second, third = trio(db)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await opened(pilot, app, first, second, third)
        table = screen(app).table
        await pilot.press("right")
        assert table.cursor == second.id
        await pilot.press("p")
        await shows(pilot, "2 ■ ★ ✓", "−1.5")
        await pilot.press("equals_sign", "home")
        await shows(pilot, "name_or_path")
        assert "settings are the same =" not in screen_text(pilot)
        await pilot.press("equals_sign", "slash", *"f1", "enter")
        await until(pilot, lambda: "eval_loss" not in screen_text(pilot))
        await shows(pilot, "/f1", "eval_f1")
        await pilot.press("slash", "q", "q")
        await shows(pilot, "no line has these words")
        await pilot.press("escape")
        await shows(pilot, "eval_loss")
        await pilot.press("M")
        await until(pilot, lambda: screen(app).chosen == "eval_f1")
        await pilot.press("o")
        await shows(pilot, "compare 2 runs")
        assert table.cursor == third.id
        await pilot.press("o")
        await shows(pilot, "Two runs are the fewest")
        await pilot.press("z")
        await shows(pilot, "compare 3 runs")
        assert table.cursor == second.id
        await pilot.press("z", "left", "left", "left", "enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert app.screen.selected is not None  # type: ignore[attr-defined]
        assert app.screen.selected.id == first.id  # type: ignore[attr-defined]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, CompareScreen))


async def test_the_verdict_is_on_the_highlighted_run(app: BertftApp, db: Database) -> None:
    """Under the heading, none on the baseline itself; V opens the form with what it advises."""
    first, second, _ = trio(db)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await opened(pilot, app, first, second)
        verdict = app.screen.query_one("#compare-verdict")
        assert not verdict.display
        await pilot.press("right")
        await shows(pilot, "is not told from the baseline: +1.5 points of accuracy (95 % −3.0 to")
        await shows(pilot, "about 3,600 texts would tell", "Each recipe was run with 1 seed")
        await pilot.press("p")
        await until(pilot, lambda: not verdict.display)
        await pilot.press("left")
        await shows(pilot, "−1.5 points of accuracy")
        await pilot.press("V")
        await shows(pilot, "from tutorial   1 changed", "--set training.seed=43")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        await pilot.resize_terminal(60, 20)
        await shows(pilot, "points of accuracy")
        assert "1 seed" not in screen_text(pilot)


async def test_the_keys_of_the_curves(app: BertftApp, db: Database) -> None:
    """Runs are switched off and on by number and by the cursor; axes and smoothing; a number that no run has."""
    runs = trio(db)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await opened(pilot, app, *runs)
        await pilot.press("1")
        await shows(pilot, "1 □ tutorial", "2 ■")
        await pilot.press("space")
        await shows(pilot, "1 ■ tutorial")
        await pilot.press("2", "3", "right", "right", "space")
        await shows(pilot, "2 □", "3 ■")
        await pilot.press("a")
        await shows(pilot, "2 ■")
        await pilot.press("4")
        await shows(pilot, "There is no run 4 here.")
        await pilot.press("w")
        await shows(pilot, "by step")
        await pilot.press("w")
        await shows(pilot, "by seconds")
        await pilot.press("w", "0", "y")
        await shows(pilot, "by epoch  log y")
        await pilot.press("plus")
        await shows(pilot, "EMA 0.5")
        await pilot.press("tab")
        await shows(pilot, "Table and curves are both there.")


async def test_the_highlighted_curve_lies_on_top(app: BertftApp, db: Database) -> None:
    """The other runs keep their order; points that all have in one place are drawn as those of several."""
    runs = [brief(db, f"run {number}", DEMO, 0.94) for number in range(3)]
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app, *runs)
        chart = app.screen.query_one("#compare-metric", CurveChart)
        for place in ("1", "2", "3"):
            others = [label for label in "123" if label != place]
            await until(pilot, lambda: [each.label for each in chart._plot.curves] == [*others, place])  # noqa: B023
            await shows(pilot, "◉ of several runs")
            await pilot.press("right")


async def test_it_is_copied_and_saved(
    app: BertftApp, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ctrl+y puts the table into the clipboard as Markdown, E into a file of the format that its name ends in."""
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, app, *trio(db))
        await pilot.press("ctrl+y")
        await until(pilot, lambda: "| learning_rate | 2e-4 | 3e-5 |" in app.clipboard)
        await pilot.press("E", *["backspace"] * 2, *"tex", "enter")
        await until(pilot, (tmp_path / "comparison.tex").is_file)
        await shows(pilot, "Saved: ")
        await pilot.press("E", *["backspace"] * 2, *"doc", "enter")
        await shows(pilot, "The name may end in .md, .tex, .csv.")


async def test_a_live_run_grows_and_others_go(app: BertftApp, db: Database) -> None:
    """Curves and values follow; a deleted run leaves with a word, and with the last but one the screen closes."""
    first, second = brief(db, "ended"), brief(db, "deleted")
    live = ActedRun(db, "live").start().train(2)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await opened(pilot, app, first, live, second)
        await shows(pilot, "running")
        live.train(4, since=2).evaluate(4, 0.97)
        await shows(pilot, "0.970 ◆", "+3.0")
        await until(pilot, lambda: len((app.snapshot.series(live.id) or {})["loss"].steps) == 4)
        trash.throw_away(db, [second.id])
        await shows(pilot, "deleted is in the trash: no longer compared.", "compare 2 runs")
        trash.throw_away(db, [first.id])
        purge(db, [first.id])
        await shows(pilot, "Fewer than two runs are left to compare.")
        assert not isinstance(app.screen, CompareScreen)
        app.open_comparison([live.id])
        await shows(pilot, "Two runs are the fewest that can be compared, not 1.")


async def test_twenty_runs_of_all_kinds(app: BertftApp, db: Database) -> None:
    """Hostile names, other tasks and runs that wait: nothing steers or shears the screen at any size."""
    hostile_runs(db, [*HOSTILE, "名" * 300])
    stars = ActedRun(db, "stars").start()
    stars.say("plan", max_steps=9, train_rows=8, eval_rows=2, labels=["score"], problem_type="regression")
    stars.say("metrics", step=9, epoch=1.0, values={"eval_pearsonr": 0.5, "eval_mse": float("nan"), "loss": 1e300})
    stars.finish()
    for number in range(7):
        ActedRun(db, f"waits {number}")
    runs = list(reversed(queries.list_runs(db)))
    assert len(runs) == 20
    async with app.run_test(size=SIZES[0], notifications=True) as pilot:
        app.open_comparison([run.id for run in runs], stars.id)
        await shows(pilot, "compare 20 runs")
        await until(pilot, lambda: screen(app).comparison is not None)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: {cell_len(line) for line in screen_lines(pilot)} == {size[0]})  # type: ignore[misc]
            for keys in (["right", "right"], ["tab"], ["tab", "equals_sign", "end"]):
                await pilot.press(*keys)
                assert_harmless(screen_lines(pilot), size[0])
        screen(app).action_run(20)
        await shows(pilot, "waits 6")
        await pilot.resize_terminal(20, 6)
        await pilot.pause()
        assert {cell_len(line) for line in screen_lines(pilot)} == {20}
