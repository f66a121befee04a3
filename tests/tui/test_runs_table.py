"""Marks, pins, baseline, filter, groups and columns of the table of runs."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from acted_runs import DEMO, ActedRun, table_of_runs
from compared_runs import judged, saying, score_test_split
from piloting import screen_lines, screen_text, shows, until

from bertft_tui.core.store import commands, queries, selecting
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.columns.chosen import offered
from bertft_tui.tui.rows import GroupRow
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.widgets.run_table import RunTable


def names(app: BertftApp) -> list[str]:
    """The names of the table's rows, from the top."""
    rows = app.screen.query_one(RunTable).rows
    return [row.title if isinstance(row, GroupRow) else row.name for row in rows]


def trained(db: Database, name: str, best: float, **settings: object) -> ActedRun:
    """A finished run."""
    return ActedRun(db, name, DEMO.with_settings(settings)).start().train(best=best).finish()


def in_trash(db: Database) -> Callable[[], set[str]]:
    """The names of what lies in the trash."""
    return lambda: {run.name for run in queries.list_runs(db, trashed=True)}


async def test_marked_runs_are_acted_on_together(app: BertftApp, db: Database) -> None:
    """Space, v and a mark; d takes all that is marked, z brings it back; esc takes the marks away."""
    for name in ("one", "two", "three", "four"):
        trained(db, name, 0.9)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "one", "four")
        await pilot.press("space", "down", "v")
        await until(pilot, lambda: screen_text(pilot).count("●✓") == 3)
        await pilot.press("escape")
        await until(pilot, lambda: "●✓" not in screen_text(pilot))
        await pilot.press("v")
        await shows(pilot, "Mark one end with space first.")
        await pilot.press("a")
        await until(pilot, lambda: screen_text(pilot).count("●✓") == 4)
        await pilot.press("home", "space", "d")
        await until(pilot, lambda: in_trash(db)() == {"one", "two", "three"})
        await shows(pilot, "3 runs are in the trash")
        await pilot.press("z")
        await until(pilot, lambda: in_trash(db)() == set())


async def test_figures_of_the_test_split_say_how_sure_they_are(app: BertftApp, db: Database) -> None:
    """In the table, beside it and against the baseline, as those of the evaluation do."""
    poor, good = (np.arange(400) % 100 < share for share in (80, 92))
    first, second = judged(db, "first", poor), judged(db, "second", good)
    for run, right in ((first, poor), (second, good)):
        score_test_split(db, run.id, saying(right))
    async with app.run_test(size=(200, 50)) as pilot:
        await shows(pilot, "first", "second")
        for name, spread in (("test_accuracy", "0.920 ±.027"), ("test_f1", "0.920 ±.02")):
            while app.metric != name:
                await pilot.press("M")
            await shows(pilot, spread)
        commands.choose_baseline(db, first.id)
        await shows(pilot, "+12.0 points of test_f1", "+12.0 +")


async def test_a_metric_that_no_run_here_has_is_not_shown(app: BertftApp, db: Database) -> None:
    """It may have been chosen for another store: each run shows its own, until one has the chosen one."""
    run = judged(db, "first", np.arange(200) % 100 < 92)
    async with app.run_test(size=(120, 40)) as pilot:
        app.change_settings(metric="test_f1")
        await shows(pilot, "first", "by accuracy ▲", "Best accuracy 0.920")
        score_test_split(db, run.id, saying(np.arange(200) % 100 < 92))
        await shows(pilot, "by test_f1 ▲")
        assert app.settings.metric == "test_f1"


async def test_tags_of_several_runs(app: BertftApp, db: Database) -> None:
    """What all have is edited for all; what one has alone stays."""
    first, second = trained(db, "first", 0.9), trained(db, "second", 0.9)
    commands.annotate(db, first.id, tags=["mine", "shared"])
    commands.annotate(db, second.id, tags=["shared"])
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "second")
        await pilot.press("a", "t")
        await shows(pilot, "Tags of 2 runs", "shared")
        await pilot.press("ctrl+u", *"all", "enter")
        await until(pilot, lambda: queries.get_run(db, first.id).tags == ("mine", "all"))
        assert queries.get_run(db, second.id).tags == ("all",)
        await pilot.press("z")
        await until(pilot, lambda: queries.get_run(db, first.id).tags == ("mine", "shared"))
        await pilot.press("escape", "home", "f2", *"!", "enter")
        await until(pilot, lambda: queries.get_run(db, second.id).name == "second!")
        await pilot.press("z")
        await until(pilot, lambda: queries.get_run(db, second.id).name == "second")


async def test_a_baseline_stands_in_every_row(app: BertftApp, db: Database) -> None:
    """The difference in points; runs on other rows are marked; z takes the choice back."""
    trained(db, "other rows", 0.99, **{"data.eval_size": 100})
    trained(db, "better", 0.955)
    trained(db, "base", 0.94)
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "base", "better")
        assert "Δ base" not in screen_text(pilot)
        await pilot.press("p")
        await shows(pilot, "Δ base", "+1.5", "≠+5.0", "★✓ base", "the baseline of the others")
        await pilot.press("down")
        await shows(
            pilot, "against ★ base", "accuracy 0.955 against 0.940 says nothing by", "the baseline has no predictions"
        )
        await pilot.press("down")
        await shows(pilot, "other texts were drawn", "eval_size", "200 → 100")
        await pilot.press("z")
        await until(pilot, lambda: app.snapshot.baseline is None)


async def test_a_ranking_marks_what_was_scored_on_other_texts(app: BertftApp, db: Database) -> None:
    """Sorted by a metric, runs that cannot be held against the first have a mark, and it is said what it means."""
    trained(db, "elsewhere", 0.93, **{"data.dataset": "other"})
    trained(db, "second", 0.94)
    trained(db, "first", 0.95)
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "elsewhere", "0.930")
        assert "≠" not in screen_text(pilot)
        await pilot.press("s", *"best", "enter")
        await until(pilot, lambda: names(app) == ["first", "second", "elsewhere"])
        await shows(pilot, "≠ other texts")
        marked = [line for line in screen_lines(pilot) if re.search(r"0\.9\d\d†?≠", line)]
        assert ["elsewhere" in line for line in marked] == [True]


async def test_pinned_runs_stay_at_the_top(app: BertftApp, db: Database) -> None:
    """However the table is sorted; a second i lets them go."""
    for name, best in (("a", 0.9), ("b", 0.95), ("c", 0.93)):
        trained(db, name, best)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: names(app) == ["c", "b", "a"])
        await pilot.press("end", "i")
        await until(pilot, lambda: names(app) == ["a", "c", "b"])
        await shows(pilot, "↥✓ a")
        await pilot.press("s", *"best", "enter")
        await until(pilot, lambda: names(app) == ["a", "b", "c"])
        await pilot.press("i")
        await until(pilot, lambda: names(app) == ["b", "c", "a"])


async def test_a_filter_counts_as_one_types(app: BertftApp, db: Database) -> None:
    """It completes, says what is wrong and keeps what was found before; enter keeps it, esc clears it."""
    table_of_runs(db)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "tutorial", "full data")
        await pilot.press("slash", *"stat")
        await shows(pilot, "status", "choice of words")
        assert screen_lines(pilot)[2].split()[:2] == ["name", "model"], "the titles stay in sight"
        await pilot.press("tab")
        await until(pilot, lambda: app.screen.query_one("FilterInput").value.startswith("status"))  # type: ignore[attr-defined]
        await pilot.press("ctrl+u", *"status:finished")
        await shows(pilot, "/status:finished", "2/8")
        await until(pilot, lambda: len(names(app)) == 2)
        await pilot.press(*" (")
        await until(pilot, lambda: "2/8" not in screen_text(pilot))
        assert len(names(app)) == 2, "what is not finished hides nothing"
        await pilot.press("ctrl+u", *"acuracy>1")
        await shows(pilot, "Did you mean 'accuracy'?")
        await pilot.press("ctrl+u", *"accuracy>0.95", "ctrl+s", "enter")
        await shows(pilot, "/accuracy>0.95", "1/8")
        assert app.focused is app.screen.query_one(RunTable)
        await pilot.press("escape")
        await until(pilot, lambda: len(names(app)) == 8)
        await pilot.press("f")
        await shows(pilot, "Filters")
        await pilot.press("enter")
        await until(pilot, lambda: len(names(app)) == 1)


async def test_an_empty_table_says_what_excludes_all(app: BertftApp, db: Database) -> None:
    """That the filter does, which part of it, and how to see the runs again; also in groups."""
    table_of_runs(db)
    async with app.run_test(size=(60, 20)) as pilot:
        await shows(pilot, "tutorial", "full data")
        await pilot.press("slash", *"status:finished accuracy>1", "enter")
        await shows(pilot, "No run matches the filter.", "No run matches `accuracy>1`. 2 would without it.")
        await pilot.press("slash", "ctrl+u", *"status:failed accuracy>0.95", "enter")
        await shows(pilot, "No run matches the filter.", "Each part of it matches some run, but no run all of them.")
        await pilot.press("b", *"model", "enter")
        await shows(pilot, "grouped by model", "No run matches the filter.")
        await pilot.press("slash", "ctrl+u", *"accuracy>1", "enter")
        await shows(pilot, "esc shows all 8 runs again, / changes the filter.")
        assert "it." not in screen_text(pilot), "of one part there is nothing more to say"
        await pilot.press("escape", "escape")
        await shows(pilot, "tutorial", "full data")


async def test_seeds_are_one_line(app: BertftApp, db: Database) -> None:
    """Mean, deviation, worst and best of those that differ in the seed alone; a group opens; a key acts on it all."""
    for seed, best in enumerate((0.90, 0.92, 0.94)):
        trained(db, "seeds", best, **{"training.seed": seed})
    trained(db, "alone", 0.8, **{"training.learning_rate": 1e-3})
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "alone")
        await pilot.press("b", "down", "enter")
        await shows(pilot, "▸ seeds × 3", "0.920 ±0.020")
        line = next(line for line in screen_lines(pilot) if "seeds × 3" in line)
        assert line.partition("│")[0].split()[4:] == ["0.920", "±0.020", "0.900", "–", "0.940", "0.920", "1:20"]
        assert names(app) == ["alone", "seeds"]
        await pilot.press("down", "enter")
        await until(pilot, lambda: len(names(app)) == 5)
        await pilot.press("down", "left", "left")
        await until(pilot, lambda: len(names(app)) == 2)
        await pilot.press("d")
        await until(pilot, lambda: in_trash(db)() == {"seeds"})
        assert len(queries.list_runs(db, trashed=True)) == 3
        await pilot.press("z", "escape")
        await until(pilot, lambda: len(names(app)) == 4)


async def test_columns_are_chosen(app: BertftApp, db: Database) -> None:
    """A setting becomes a column beside the others, moves, and can be sorted by; ^r puts the usual ones back."""
    trained(db, "slow", 0.9, **{"training.learning_rate": 1e-5})
    trained(db, "fast", 0.9, **{"training.learning_rate": 1e-3})
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "slow")
        await pilot.press("o", *"learning_rate", "space", "enter")
        await shows(pilot, "learning_rate", "1e-5", "0.001")
        await pilot.press("s", *"learning_rate", "enter")
        await until(pilot, lambda: names(app) == ["slow", "fast"])
        await pilot.press("o", *"learning_rate", *["ctrl+up"] * 20, "enter")
        await until(pilot, lambda: app.arrangement.columns[:2] == ("training.learning_rate", "name"))
        await pilot.press("o", "ctrl+r", "enter")
        await until(pilot, lambda: app.arrangement.columns == ())
        await pilot.press("b", *"learning_rate", "enter")
        await shows(pilot, "▸ learning_rate 1e-5 × 1")  # a number alone would not say what it is the value of


async def test_the_batch_is_a_column(app: BertftApp, db: Database) -> None:
    """How many texts make a step, however that is written: sorted and grouped by."""
    trained(db, "by name", 0.9, **{"training.per_device_train_batch_size": 4})
    trained(db, "usual", 0.9)
    trained(db, "twice", 0.9, **{"training.gradient_accumulation_steps": 2})
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "usual")
        await pilot.press("o", *"batch_size", "space", "enter")
        await shows(pilot, " batch_size", "16")
        await pilot.press("s", *"batch_size", "enter")
        await until(pilot, lambda: names(app) == ["by name", "usual", "twice"])


def test_every_column_that_sorts_is_a_field_of_the_filter(db: Database) -> None:
    """The store knows every name that the table asks it to sort by."""
    trained(db, "one", 0.9)
    reported = queries.list_runs(db)[0].metrics
    fields = selecting.fields(db)
    sorts = [column.sort for column in offered(reported) if column.sort]
    assert len(sorts) > 50
    for sort in sorts:
        fields.find(sort)


async def test_many_runs_are_read_as_the_cursor_nears_them(
    app: BertftApp, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table holds so many at first; the last ones come when one goes down to them."""
    for number in range(30):
        ActedRun(db, f"run {number:02}")
    monkeypatch.setattr(RunsScreen, "PAGE", 12)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(names(app)) == 12)
        for rows in (24, 30):
            await pilot.press("end")
            await until(pilot, lambda rows=rows: len(names(app)) == rows)  # type: ignore[misc]
        assert names(app)[-1] == "run 00"
