"""The classes of a run on screen: the matrix, each class, calibration, as they are drawn and as they scroll."""

import math

import numpy as np
import pytest
from acted_runs import DEMO, ActedRun
from compared_runs import record, score_test_split
from fuzzing import examples
from hypothesis import example, given
from hypothesis import strategies as st
from made_predictions import numbers, of_classes, of_labels
from piloting import screen_lines, screen_text, shows, until
from read_again import FIRST, NASTY, Readings, eight_texts, opened, part_of_screen
from rich.cells import cell_len
from snapshots import comes_to_match
from test_hostile_text import SIZES, assert_harmless
from told_runs import told

from bertft_tui.core.analysis.calibration import calibration
from bertft_tui.core.analysis.classes import class_report
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.interests.judged import Judgement
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.widgets.class_lines import Row, class_rows
from bertft_tui.tui.widgets.matrix_lines import Figures
from bertft_tui.tui.widgets.reliability_lines import reliability_rows

#: The place of the pane.
CLASSES = 9


def made_up(classes: int, texts: int = 200) -> Predictions:
    """What a run says that is right more often than not, and not as sure as it could be."""
    dice = np.random.default_rng(classes)
    truth = dice.integers(0, classes, texts)
    logits = dice.normal(size=(texts, classes))
    logits[np.arange(texts), truth] += 2.5
    shares = np.exp(logits)
    return of_classes(truth.tolist(), shares=shares / shares.sum(axis=1, keepdims=True))


def plain(row: Row) -> str:
    """A line without its colours."""
    return "".join(text for text, _ in (*row.fixed, *row.moving))


def drawn(said: Predictions, labels: tuple[str, ...], width: int = 80, figures: Figures = "counts") -> list[str]:
    """The lines of such predictions."""
    judged = Judgement(76, class_report(said, labels), calibration(said, labels))
    return [plain(row) for row in class_rows(record("one", labels=labels), judged, width, figures)]


async def test_the_pane_as_it_is_drawn(app: BertftApp, db: Database) -> None:
    """At every size: shades and counts, the diagonal in another colour; each class; bars of what came true."""
    run = told(db, "tutorial", made_up(4), ["business", "politics", "sport", "tech"]).id
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, RunScreen(run, CLASSES, Readings()), run)
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await shows(pilot, "texts right")
            await comes_to_match(f"classes-{width}", lambda: part_of_screen(pilot, "#run-panes"))
        await pilot.press("o")
        await shows(pilot, "Counts and shares are both there.")
        app.clear_notifications()
        await pilot.resize_terminal(60, 20)
        await shows(pilot, "shares of the row; o shows counts", "4 tech")
        await pilot.press("o")
        await shows(pilot, "texts; o shows shares")
        await pilot.resize_terminal(80, 24)
        await pilot.press("end")
        await shows(pilot, "Dividing its logits by a temperature of", "5 folds of 200 texts")
        await comes_to_match("classes-end", lambda: part_of_screen(pilot, "#run-panes"))


async def test_many_classes_scroll(app: BertftApp, db: Database) -> None:
    """To the side the labels stay; down the heads of the columns come again; the pane of another run begins anew."""
    names = [f"class {number}" for number in range(30)]
    run, other = (told(db, name, made_up(30, 900), names).id for name in ("one", "two"))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, RunScreen(other, CLASSES, Readings()), run, other)
        await shows(pilot, "1 class 0", "11 class 10")
        assert " 29 " not in screen_text(pilot)
        await pilot.press(*["right"] * 20)
        await shows(pilot, "1 class 0", " 29   30 ")
        await pilot.press("pagedown")
        await shows(pilot, "25 class 24", " 29   30 ")
        await pilot.press("end")
        await shows(pilot, "ECE ", "Brier score")
        await pilot.press("J" if app.order_of_runs()[0] == other else "K", "home")
        await shows(pilot, "✓ one", "1 class 0")


async def test_runs_without_classes_say_why(app: BertftApp, db: Database) -> None:
    """Without predictions, with numbers, and with probabilities that are none; labels have no matrix."""
    live = ActedRun(db, "live").start().train(4).id
    stars = told(db, "stars", numbers([1, 2], [1.5, 2]), ["stars"]).id
    broken = told(db, "broken", of_classes([0, 1], [1, 1], shares=[[math.nan] * 2] * 2), ["no", "yes"]).id
    labels = told(db, "labels", of_labels([[1, 1], [0, 1]], [[1, 0], [0, 1]]), ["a", "b"]).id
    wanted = {
        live: ("This run has no predictions", "Wait until it has finished."),
        stars: ("Numbers have no classes", "learns a number for each text"),
        broken: ("1 of 2 texts right", "2 yes", "There are no probabilities"),
        labels: ("1 of 2 texts right", "Each label", "how probable it says a label is"),
    }
    async with app.run_test(size=(120, 40)) as pilot:
        for run, words in wanted.items():
            await opened(pilot, RunScreen(run, CLASSES, Readings()), run)
            await shows(pilot, *words)
            await pilot.press("o", "right", "end", "home")
        assert "What is taken for what" not in screen_text(pilot)
        assert app.failure is None


async def test_classes_of_the_test_split(app: BertftApp, db: Database) -> None:
    """They follow the metric; a run that was not scored says how that is done."""
    config = DEMO.with_settings({"data.test_split": "test"})
    runs = [told(db, name, made_up(3), config=config).id for name in ("one", "two")]
    score_test_split(db, runs[0], of_classes([0, 1, 2, 2], [0, 1, 2, 1], classes=3))
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, RunScreen(runs[0], CLASSES, Readings()), *runs)
        await shows(pilot, "of 200 texts right", "These rows chose the checkpoint")
        while app.metric != "test_accuracy":
            await pilot.press("M")
        await shows(pilot, "3 of 4 texts right", "These are the texts of the test split")
        assert "These rows chose the checkpoint" not in screen_text(pilot)
        await opened(pilot, RunScreen(runs[1], CLASSES, Readings()), *runs)
        await shows(pilot, "This run has no predictions of its test split", "(E in the app) scores it")


@pytest.mark.parametrize("size", [*SIZES, (20, 6)])
async def test_foreign_labels_are_text(app: BertftApp, db: Database, size: tuple[int, int]) -> None:
    """In the matrix, in the table, in the list of what is taken for what."""
    run = eight_texts(db, NASTY, FIRST, (NASTY, "比" * 90, "[/]"))
    async with app.run_test(size=size) as pilot:
        await opened(pilot, RunScreen(run, CLASSES, Readings()), run)
        await until(pilot, lambda: "reading…" not in screen_text(pilot) and screen_lines(pilot))
        for key in ("o", "right", "pagedown", "pagedown", "end"):
            await pilot.press(key)
            assert_harmless(screen_lines(pilot), size[0])
        assert app.failure is None


@examples(40)
@given(st.integers(1, 14), st.integers(1, 120), st.integers(20, 160), st.sampled_from(["counts", "shares"]))
@example(1, 1, 50, "counts")  # the narrowest in which all fits
def test_lines_fit_and_the_matrix_has_every_text(classes: int, texts: int, width: int, figures: Figures) -> None:
    """All but the matrix is as wide as the pane at most; its counts are those that were counted."""
    said = made_up(classes, texts)
    labels = tuple(f"label {number}" for number in range(classes))
    report = class_report(said, labels)
    judged = Judgement(76, report, calibration(said, labels))
    rows = class_rows(record("one", labels=labels), judged, width, figures)
    if width >= 50:
        assert max(row.width for row in rows if not row.moving) <= width
    matrix = [row for row in rows if row.moving][1:]
    assert len({cell_len(plain(row)) for row in matrix}) == 1
    if figures == "counts" and classes <= 12:
        assert report.confusion is not None
        for row, counts in zip(matrix, report.confusion.tolist(), strict=True):
            shown = "".join(text for text, _ in row.moving)
            cells = shown.translate({ord(shade): " " for shade in "░▒▓█%"}).replace("·", "0").split()
            assert cells[:classes] == [f"{count:,}" for count in counts]


def test_shades_follow_the_share_of_the_row() -> None:
    """A quarter more is a shade more; nothing is a point; both matrices stand side by side where they fit."""
    truth = [0] * 8 + [1] * 8
    said = of_classes(truth, [*[0] * 7, 1, *[0] * 3, *[1] * 5])
    found = drawn(said, ("no", "yes"), 70)
    assert [line for line in found if line.startswith(("1 no", "2 yes"))] == [
        "1 no   ██ 7 ░░ 1    ██  88 % ░░  12 %",
        "2 yes  ▒▒ 3 ▓▓ 5    ▒▒  38 % ▓▓  62 %",
    ]
    assert "texts, and their share of the row" in found
    narrow = drawn(of_classes([0, 1, 1], [0, 1, 1]), ("no", "yes"), 20, "shares")
    assert any(line.endswith("██ 100 %        ·") for line in narrow)


def test_bars_are_as_long_as_what_came_true() -> None:
    """The mark stands where what was said ends: within the bar of a timid run, behind that of who is too sure."""
    shares = [[0.95, 0.05]] * 10 + [[0.55, 0.45]] * 10
    said = of_classes([0] * 5 + [1] * 5 + [0] * 10, shares=shares)
    rows = reliability_rows(calibration(said, ("no", "yes")), 56, several=False)
    bars = ["".join(text for text, _ in row[4:-1]) for row in rows if len(row) > 4]
    assert bars == ["━━━━━━━━━━━│━━━━━━━━", "━━━━━━━━━━─────────│"]
