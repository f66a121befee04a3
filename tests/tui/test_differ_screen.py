"""Where two runs differ: four parts, the list of each, the whole text with both probabilities side by side."""

import numpy as np
import pytest
from acted_runs import ActedRun
from compared_runs import judged, score_test_split
from made_predictions import digest, numbers, of_classes
from piloting import screen_lines, screen_text, shows, until
from read_again import FIRST, LABELS, NASTY, SECOND, TEXTS, TRUTH, Readings, eight_texts, opened
from snapshots import comes_to_match
from test_hostile_text import SIZES, assert_harmless
from told_runs import told

from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.screens.compare import CompareScreen
from bertft_tui.tui.screens.differing import DifferScreen
from bertft_tui.tui.screens.example import ExampleScreen


def two(db: Database) -> tuple[str, str]:
    """Two runs on the same eight texts."""
    return eight_texts(db, "tutorial", FIRST), eight_texts(db, "learning_rate 3e-5, four epochs", SECOND)


async def test_the_parts_as_they_are_drawn(app: BertftApp, db: Database) -> None:
    """At every size: names, four counts, what each run says of the texts of one part."""
    runs = two(db)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, DifferScreen(*runs, Readings()), *runs)
        await shows(pilot, "1 only A right 2", "2 only B right 2", "3 neither right 1", "4 both right 3", "It rained")
        await pilot.press("2")
        await shows(pilot, "only B right: 2, what A is surest of first", "A goal in the last")
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await shows(pilot, "A goal in the last")
            await comes_to_match(f"differ-{width}", lambda: screen_text(pilot))


async def test_the_keys(app: BertftApp, db: Database) -> None:
    """Numbers and tab choose a part, s swaps the runs, c and / narrow down, enter reads; esc takes one layer back."""
    runs, readings = two(db), Readings()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, DifferScreen(*runs, readings), *runs)
        await shows(pilot, "only A right: 2", "The team's shares rise", "It rained")
        lines = [line for line in screen_lines(pilot) if " → " in line]
        assert lines[0].split()[:7] == ["business", "→", "business", "0.600", "→", "sport", "0.900"]
        await pilot.press("tab", "tab")
        await shows(pilot, "neither right: 1", "sport    → politics 0.950 → business 0.500")
        await pilot.press("2", "s")
        await shows(pilot, "A learning_rate 3e-5", "B tutorial", "only A right: 2", "A goal in the last minute")
        await pilot.press("slash", *"goal", "enter")
        await shows(pilot, "1 with “goal”")
        await pilot.press("enter")
        await shows(pilot, "Example 1 of 1", "A right, B wrong", "They disagree: sport 0.600 against business 0.700.")
        await shows(pilot, "A learning_rate 3e-5, four epochs  step 76", "B tutorial  step 76")
        await pilot.press("escape", "escape")
        await shows(pilot, "The minister of sport resigns")
        await pilot.press("4", "c", *"sport", "enter")
        await shows(pilot, "both right: 3, 1 of or as sport", "比較実験")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, DifferScreen))
    assert [each.ended for each in readings.made] == [False]  # the texts of both are the same
    assert app.failure is None


async def test_of_the_test_split_where_its_metric_is_chosen(app: BertftApp, db: Database) -> None:
    """The texts are those that the metric was measured on, read where they stand; another metric has others."""
    runs, readings = two(db), Readings()
    for run_id, given in zip(runs, ([0, 1, 2], [0, 2, 2]), strict=True):
        said = of_classes([0, 1, 1], given, classes=3, hashes=list(map(digest, TEXTS[:3])))
        score_test_split(db, run_id, said)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: all(map(app.snapshot.run, runs)))
        app.change_settings(metric="test_accuracy")
        await opened(pilot, DifferScreen(*runs, readings), *runs)
        await shows(pilot, "by test_accuracy", "only A right: 1, of the test split", "A vote is called")
        assert [each.of_test for each in readings.made] == [True]
        app.change_settings(metric="accuracy")
        await shows(pilot, "1 only A right 2", "It rained")
        assert [each.of_test for each in readings.made] == [True, False]
        assert "of the test split" not in screen_text(pilot)


async def test_from_the_comparison(app: BertftApp, db: Database) -> None:
    """i holds the highlighted run against the baseline; of two runs both; of more the baseline needs another one."""
    first, second = two(db)
    third = eight_texts(db, "third", FIRST)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: all(map(app.snapshot.run, (first, second, third))))
        app.open_comparison([first, second, third])
        await shows(pilot, "compare 3 runs", "i texts")
        await pilot.press("p", "i")
        await shows(pilot, "This is the baseline: ← and → highlight")
        await pilot.press("right", "i")
        await shows(pilot, "A tutorial", "B learning_rate 3e-5", "1 only A right 2")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        await pilot.press("o", "left", "i")
        await shows(pilot, "A tutorial", "B third", "1 only A right 0", "4 both right 5")
        await pilot.press("backspace", "escape")
        assert app.failure is None


async def test_runs_that_cannot_be_held_against_each_other_say_why(app: BertftApp, db: Database) -> None:
    """Other texts, no predictions, numbers; no key fails there."""
    run = eight_texts(db, "one", FIRST)
    other = told(db, "other", of_classes(TRUTH, shares=SECOND, hashes=[1, *map(digest, TEXTS[1:])]), LABELS).id
    fresh, stars = ActedRun(db, "fresh").start().train(4).id, told(db, "stars", numbers([1], [2]), ["stars"]).id
    wanted = {other: "1 of 8 texts differ", fresh: "This run has no predictions", stars: "Numbers have no classes"}
    async with app.run_test(size=(80, 24)) as pilot:
        for second, words in wanted.items():
            await opened(pilot, DifferScreen(run, second, Readings()), run, second)
            await shows(pilot, words)
            await pilot.press("2", "tab", "s", "enter", "c", "down", "slash", "q", "escape")
            await shows(pilot, words)
        assert app.failure is None


async def test_labels_in_another_order_are_the_same_labels(app: BertftApp, db: Database) -> None:
    """The second run's answers have the names of the first; its order of texts does not matter."""
    run = eight_texts(db, "one", FIRST)
    turned = of_classes(
        [2 - label for label in TRUTH[::-1]],
        shares=[row[::-1] for row in SECOND[::-1]],
        hashes=[digest(text) for text in TEXTS[::-1]],
    )
    second = told(db, "turned", turned, LABELS[::-1]).id
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, DifferScreen(run, second, Readings()), run, second)
        await shows(pilot, "1 only A right 2", "business → business 0.600 → sport    0.900  The team's shares rise")


@pytest.mark.parametrize("size", [*SIZES, (20, 6)])
async def test_foreign_names_and_texts_are_text(app: BertftApp, db: Database, size: tuple[int, int]) -> None:
    """In both names, in labels, in texts."""
    labels = (NASTY, "b" * 300, "[/]")
    runs = tuple(eight_texts(db, NASTY * 3, said, labels) for said in (FIRST, SECOND))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, DifferScreen(*runs, Readings()), *runs)
        await shows(pilot, "1 only A right 2")
        await pilot.resize_terminal(*size)
        for part in "1234":
            await pilot.press(part)
            await pilot.pause(0.05)
            assert_harmless(screen_lines(pilot), size[0])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExampleScreen))
        await pilot.press("down")
        assert_harmless(screen_lines(pilot), size[0])


async def test_a_large_evaluation_stays_quick(app: BertftApp, db: Database) -> None:
    """Of thousands of examples only what is in sight is drawn; the end is one key away."""
    right = np.arange(5000) % 3 > 0
    runs = (judged(db, "one", right).id, judged(db, "two", ~right).id)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, DifferScreen(*runs, Readings()), *runs)
        await shows(pilot, "1 only A right 3,333", "2 only B right 1,667")
        await pilot.press("end", "enter")
        await shows(pilot, "Example 3,333 of 3,333")
