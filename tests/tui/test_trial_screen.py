"""Trying texts in the app, on runs whose helper is a stand-in: what is drawn, what is asked, what is kept."""

import threading
from collections.abc import Sequence

from acted_runs import DEMO, ActedRun
from piloting import screen_lines, screen_text, shows, until
from rich.cells import cell_len
from snapshots import comes_to_match
from textual.events import Paste
from textual.pilot import Pilot

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.scheduling.trying import Reply, Sample, Trial, Verdict
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.tell import Tell, silent
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.screens.trying import TrialScreen
from bertft_tui.tui.tried import TriedText, TriedTexts
from bertft_tui.tui.widgets.trial_field import MOST
from bertft_tui.tui.widgets.verdict_lines import Said, verdict_text

SIZES = [(60, 20), (80, 24), (120, 40), (200, 50)]

NASTY = "\x1b]52;c;aGk=\x07[bold]\u202e比較実験"


class StandIn(Trial):
    """Says of a text what its words begin with; waits for `go_on` before it answers."""

    def __init__(self, db: Database, labels: tuple[str, ...] = ("sport", "tech", "politics")) -> None:
        super().__init__(db)
        self.labels = labels
        self.asked: list[tuple[str, str]] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.ended = False
        self.error: BertftError | None = None

    def ask(self, runs: Sequence[RunRecord], text: str, pair: str = "", tell: Tell = silent) -> Reply:
        """Every run beside the first turns the shares round."""
        self.asked.append((text, pair))
        tell("loading the model")
        assert self.go_on.wait(20)
        if self.error is not None:
            raise self.error
        verdicts = [self._verdict(run, place, text, pair) for place, run in enumerate(runs)]
        return Reply(tuple(verdicts), "the processor")

    def _verdict(self, run: RunRecord, place: int, text: str, pair: str) -> Verdict:
        pairs = run.config.data.text_pair_column is not None
        if not (text + pair).strip():
            return Verdict(run.id, None, 76, pairs, 96)
        order = self.labels if place == 0 else self.labels[::-1]
        shares = tuple(zip(order, (0.9, 0.08, 0.02), strict=False))
        tokens = len(text.split()) + 2
        return Verdict(run.id, None, 76, pairs, 96, (order[0],), shares, tokens, 4.2)

    def sample(self, run: RunRecord, tell: Tell = silent) -> Sample:
        """The same row again and again."""
        return Sample("From the rows\nin two lines", "", (self.labels[0],), 17, 200)

    def end(self) -> None:
        """Note it."""
        self.ended = True


def trained(db: Database, name: str, config: RunConfig = DEMO) -> str:
    """A finished run."""
    return (
        ActedRun(db, name, config).start().train().say("plan", problem_type="single_label_classification").finish().id
    )


async def opened(pilot: Pilot[str], trial: Trial, *run_ids: str) -> TrialScreen:
    """Open the screen on runs."""
    app = pilot.app
    assert isinstance(app, BertftApp)
    await until(pilot, lambda: all(map(app.snapshot.run, run_ids)))
    screen = TrialScreen(run_ids, trial, app.tried)
    await app.push_screen(screen)
    return screen


async def test_two_runs_side_by_side_as_they_are_drawn(app: BertftApp, db: Database) -> None:
    """At every size: the text, its tokens, each class of both runs, what they disagree on, what was tried before."""
    first, second = trained(db, "tutorial"), trained(db, "learning_rate 3e-5, four epochs")
    app.tried.keep(TriedText("an earlier one", "", "sport 0.812"))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, StandIn(db), first, second)
        await shows(pilot, "Type a text")
        await pilot.press(*"a match")
        await shows(pilot, "They disagree: sport 0.900 against politics 0.900.")
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await comes_to_match(f"trial-{width}", lambda: screen_text(pilot))
        await pilot.press("ctrl+n")
        await shows(pilot, "evaluation row 17 of 200, its label: sport  A right, B wrong")
        assert screen._text.value == "From the rows\nin two lines"


async def test_texts_are_asked_about_kept_and_found_again(app: BertftApp, db: Database) -> None:
    """The newest text is asked about, no stale answer is shown; enter keeps a text, arrows bring it back."""
    trial, run = StandIn(db), trained(db, "tutorial")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        screen = await opened(pilot, trial, run)
        await shows(pilot, "Type a text")
        trial.go_on.clear()
        await pilot.press(*"one")
        await until(pilot, lambda: trial.asked[-1] == ("one", ""))
        await pilot.press(*" two")
        await shows(pilot, "loading the model… ")
        assert "0.900" not in screen_text(pilot)
        trial.go_on.set()
        await until(pilot, lambda: trial.asked[-1] == ("one two", ""))
        await shows(pilot, "4 of 96 tokens · 4 ms · on the processor", "0.900")
        await pilot.press(*" 3", "enter", *"three", "ctrl+j", *"four")
        await until(pilot, lambda: trial.asked[-1] == ("three\nfour", ""))
        await pilot.press("up", "up")
        assert screen._text.value == "one two 3"
        await shows(pilot, "text 1 of 1")
        await pilot.press("up", "down")
        assert screen._text.value == "three\nfour"
        await pilot.press("end", *"!", "enter")
        await shows(pilot, "said of: three", "sport 0.900  three four!")
        trial.error = BertftError("The trial was killed", "Its process got signal 9 (SIGKILL).", "Try again.")
        await pilot.press("x")
        await shows(pilot, "The trial was killed", "signal 9")
        trial.error = None
        await pilot.press("y", "tab", "tab")
        await shows(pilot, "3 of 96 tokens")
        await pilot.press("escape")
        await until(pilot, lambda: type(app.screen) is RunsScreen and trial.ended)


async def test_pairs_long_and_foreign_texts(app: BertftApp, db: Database) -> None:
    """A run of pairs has two fields; what is pasted is read as it is and shown as text; what is cut is said."""
    trial = StandIn(db, (NASTY, "b" * 300, "[/]"))
    run = trained(db, NASTY * 9, DEMO.with_settings({"data.text_pair_column": "second"}))
    async with app.run_test(size=(60, 20), notifications=True) as pilot:
        screen = await opened(pilot, trial, run)
        await shows(pilot, "The second text")
        pilot.app.post_message(Paste(NASTY + "\r\nmore"))
        await until(pilot, lambda: trial.asked[-1] == (NASTY + "\r\nmore", ""))
        await pilot.press("tab", *"pair")
        await until(pilot, lambda: trial.asked[-1] == (NASTY + "\r\nmore", "pair"))
        for width, height in [*SIZES, (20, 6), (80, 24)]:
            await pilot.resize_terminal(width, height)
            await until(pilot, lambda width=width: {cell_len(line) for line in screen_lines(pilot)} == {width})  # type: ignore[misc]
            text = screen_text(pilot).replace("\n", "")
            assert not [char for char in text if ord(char) < 32 or char in "\x9b\u202e"]
        await pilot.press("enter")
        pilot.app.post_message(Paste("word " * 5000))
        await shows(pilot, f"The text was cut at {MOST:,}")
        await shows(pilot, "cut at 96: the last")
        assert len(screen._text.value) == MOST


async def test_the_second_run_and_runs_without_a_checkpoint(app: BertftApp, db: Database) -> None:
    """T says why a run cannot be tried; ctrl+o narrows a list, sets a run beside the first, and takes it away."""
    trained(db, "good"), trained(db, "better")
    ActedRun(db, "early").start().say("plan", problem_type="single_label_classification")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "early")
        await pilot.press("T")
        await shows(pilot, "This run has no best checkpoint", "Wait for its first evaluation")
        run = next(run.id for run in app.snapshot.runs if run.name == "good")
        screen = await opened(pilot, StandIn(db), run)
        await pilot.press("ctrl+o", *"zz", "enter", "escape", "ctrl+o", *"bet", "enter", *"a")
        await shows(pilot, "A good", "B better", "They disagree")
        await pilot.press("ctrl+o", *"none", "enter")
        await until(pilot, lambda: len(screen._run_ids) == 1)
        await until(pilot, lambda: "They disagree" not in screen_text(pilot) and "0.900" in screen_text(pilot))


def test_other_tasks_and_faults() -> None:
    """Several labels at once, numbers, many classes, a run that says nothing: each in lines that are wide enough."""
    several = Verdict("a", None, 1, predicted=("x", "y"), shares=(("x", 0.9), ("y", 0.6), ("z", 0.1)))
    nothing = Verdict("b", Problem("The best checkpoint cannot be used", "It is gone.", "Choose another run."))
    text = verdict_text([Said("one", several), Said("two", nothing)], 60).plain
    assert "The best checkpoint cannot be used\nIt is gone.\nChoose another run." in text
    assert len([line for line in text.splitlines() if "▸" in line]) == 2
    number = Verdict("a", None, 1, predicted=3.25)
    other = Verdict("b", None, 1, predicted=3.5)
    text = verdict_text([Said("one", number), Said("two", other)], 60).plain
    assert "They disagree: 3.250 against 3.500." in text
    many = Verdict("a", None, 1, predicted=("0",), shares=tuple((str(place), 1 / 1000) for place in range(1000)))
    text = verdict_text([Said("one", many)], 40).plain
    assert text.endswith("and 700 less likely classes")
    assert max(map(cell_len, text.splitlines())) <= 40


def test_the_way_through_tried_texts() -> None:
    """Earlier and later end at the ends; the draft comes back; a text that is tried again is not there twice."""
    tried, draft = TriedTexts(), TriedText("draft")
    assert tried.go(-1, draft) is None
    for word in ("one", "two", "one", " "):
        tried.keep(TriedText(word, "", "x"))
    assert [each.text for each in tried.texts] == ["two", "one"]
    found = [tried.go(by, draft) for by in (-1, -1, -1, 1, 1, 1)]
    assert [each.text if each else None for each in found] == ["one", "two", None, "one", "draft", None]
