"""The examples of one run: surest mistakes first, narrowed down, read whole; their texts come from a stand-in."""

import pytest
from acted_runs import ActedRun
from made_predictions import numbers, of_labels
from piloting import screen_lines, screen_text, shows, until
from read_again import FIRST, LABELS, NASTY, TEXTS, Readings, eight_texts, opened, part_of_screen
from snapshots import comes_to_match
from test_hostile_text import SIZES, assert_harmless
from told_runs import told

from bertft_tui.core.errors import InputError
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.screens.example import ExampleScreen
from bertft_tui.tui.screens.run_detail import RunScreen

#: The place of the pane.
EXAMPLES = 10


async def test_the_list_as_it_is_drawn(app: BertftApp, db: Database) -> None:
    """At every size: how many are wrong, label, prediction, probability and text of each, the surest first."""
    run = eight_texts(db, "tutorial", FIRST)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, RunScreen(run, EXAMPLES, Readings()), run)
        await shows(pilot, "3 of 8 texts wrong, the surest first", "A goal in the last minute")
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await shows(pilot, "A goal in the last")
            await comes_to_match(f"examples-{width}", lambda: part_of_screen(pilot, "#run-panes"))


async def test_the_keys_of_the_list(app: BertftApp, db: Database) -> None:
    """o lists all, c those of a class or taken for it, / those with some letters; esc takes back; Y copies."""
    run = eight_texts(db, "tutorial", FIRST)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await opened(pilot, RunScreen(run, EXAMPLES, Readings()), run)
        await shows(pilot, "sport    → politics 0.950", "sport    → business 0.700", "politics → sport    0.550")
        lines = [line for line in screen_lines(pilot) if " → " in line]
        assert [line.split()[3] for line in lines] == ["0.950", "0.700", "0.550"]
        await pilot.press("o")
        await shows(pilot, "all 8 texts, as they stand in the data", "Shares fall", "It rained")
        await pilot.press("slash", *"SHARES", "enter")
        await shows(pilot, "2 with “SHARES”")
        await until(pilot, lambda: "It rained" not in screen_text(pilot))
        await pilot.press("down", "Y")
        await until(pilot, lambda: app.clipboard == "The team's shares rise")
        await pilot.press("escape")
        await shows(pilot, "It rained")
        await pilot.press("c")
        await shows(pilot, "Only texts of which class, or taken for it?", "business", "4 texts")
        await pilot.press(*"poli", "enter")
        await shows(pilot, "3 of or as politics")
        await until(pilot, lambda: "It rained" not in screen_text(pilot))
        await pilot.press("o")
        await shows(pilot, "3 of 8 texts wrong, 2 of or as politics")
        await pilot.press("slash", *"qqq")
        await shows(pilot, "0 of or as politics with “qqq”")
        await pilot.press("escape", "c", *"every", "enter")
        await shows(pilot, "3 of 8 texts wrong, the surest first")


async def test_an_example_is_read_whole(app: BertftApp, db: Database) -> None:
    """Enter shows the text with its lines and every class; arrows go on; the cursor stands on the last one read."""
    run = eight_texts(db, "tutorial", FIRST)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, RunScreen(run, EXAMPLES, Readings()), run)
        await shows(pilot, "A goal in the last minute")
        await pilot.press("o")
        await shows(pilot, "Shares fall")
        await pilot.press("home", "enter")
        await shows(pilot, "Example 1 of 8  row 1 of news.csv", "The market lost a third", "true: business  right")
        await shows(pilot, "▸ ━", "0.900", "0.050")
        await pilot.press("left")
        await shows(pilot, "This is the first example.")
        await pilot.press("right", "J")
        await shows(pilot, "Example 3 of 8", "true: sport  wrong", "A goal in the last minute")
        await pilot.press("Y")
        await until(pilot, lambda: app.clipboard == "A goal in the last minute")
        await pilot.press("escape", "space")
        await shows(pilot, "Example 3 of 8")


async def test_texts_come_later_or_not_at_all(app: BertftApp, db: Database) -> None:
    """The list is there at once; how long the reading takes is said, and what has gone; leaving ends it."""
    run, readings = eight_texts(db, "tutorial", FIRST), Readings(TEXTS[:3])
    other = eight_texts(db, "older", FIRST)
    readings.go_on.clear()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, RunScreen(run, EXAMPLES, readings), run, other)
        await shows(pilot, "3 of 8 texts wrong", "looking among ␛ 8 texts… 0 s", "0.950  …")
        await pilot.press("enter")
        await shows(pilot, "Example 1 of 3", "looking among", "true: sport  wrong")
        await pilot.press("right", "escape", "slash", *"goal", "enter")
        await shows(pilot, "Without the texts nothing can be looked for.")
        readings.go_on.set()
        await shows(pilot, "1 with “goal”", "A goal in the last minute", "5 of 8 texts are no longer in news.csv")
        await pilot.press("escape")
        await shows(pilot, "(its text cannot be read again)", "Some texts are gone")
        await pilot.press("home", "enter")
        await shows(pilot, "Some texts are gone. 5 of 8 texts")
        await pilot.press("Y")
        await shows(pilot, "There is no text to copy.")
        readings.go_on.clear()
        await pilot.press("escape", "K" if app.order_of_runs()[0] == other else "J")
        await until(pilot, lambda: len(readings.made) == 2 and readings.made[1].asked)
        await pilot.press("escape")
        await until(pilot, lambda: readings.made[1].ended)
    assert not readings.made[0].ended
    assert app.failure is None


async def test_data_that_is_gone_is_said(app: BertftApp, db: Database) -> None:
    """The list stays; the reason stands above it and in the place of the whole text."""
    run = eight_texts(db, "tutorial", FIRST)
    readings = Readings(error=InputError("No such data", "There is nothing at \x1b/data.", "Put it back."))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, RunScreen(run, EXAMPLES, readings), run)
        await shows(pilot, "The texts cannot be read again", "No such data: There is nothing at ␛/data.", "0.950")
        await pilot.press("slash", *"x")
        await shows(pilot, "Without the texts nothing can be looked for.", "3 of 8 texts wrong")
        await pilot.press("escape", "enter")
        await shows(pilot, "true: sport  wrong", "There is nothing at ␛/data. Put")


async def test_runs_without_examples_say_why(app: BertftApp, db: Database) -> None:
    """One that has not finished, one that learns numbers; several labels are listed as sets."""
    live = ActedRun(db, "live").start().train(4).id
    stars = told(db, "stars", numbers([1, 2], [1.5, 2]), ["stars"]).id
    labels = told(
        db, "labels", of_labels([[1, 1, 0], [0, 0, 0]], [[1, 0, 0], [0, 0, 1]], hashes=[1, 2]), list(LABELS)
    ).id
    wanted = {
        live: ("This run has no predictions", "Wait until it has finished."),
        stars: ("Numbers have no classes", "learns a number for each text"),
        labels: ("2 of 2 texts wrong", "business, politics → business", "–", "→ sport"),
    }
    async with app.run_test(size=(120, 40)) as pilot:
        for run, words in wanted.items():
            await opened(pilot, RunScreen(run, EXAMPLES, Readings()), run)
            await shows(pilot, *words)
            await pilot.press("o", "c", "escape", "enter")
            if isinstance(app.screen, ExampleScreen):
                await pilot.press("escape")
        assert app.failure is None


@pytest.mark.parametrize("size", [*SIZES, (20, 6)])
async def test_foreign_texts_and_labels_are_text(app: BertftApp, db: Database, size: tuple[int, int]) -> None:
    """Markup, escapes, wide and right-to-left letters in texts and labels steer nothing and shear nothing."""
    run = eight_texts(db, NASTY, FIRST, (NASTY, "b" * 300, "[/]"))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, RunScreen(run, EXAMPLES, Readings()), run)
        await shows(pilot, "3 of 8 texts wrong", "A goal")
        await pilot.resize_terminal(*size)
        await pilot.press("o", "slash", *"[/]", "enter")
        await pilot.pause()
        assert_harmless(screen_lines(pilot), size[0])
        await pilot.press("escape", "home", "enter")
        await until(pilot, lambda: isinstance(app.screen, ExampleScreen))
        for _ in TEXTS:
            await pilot.press("right", "down", "full_stop")
            assert_harmless(screen_lines(pilot), size[0])
        await pilot.press("escape", "c")
        await pilot.pause()
        assert_harmless(screen_lines(pilot), size[0])
        assert app.failure is None
