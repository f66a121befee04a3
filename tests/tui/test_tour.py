"""The tour of the first start: it follows what somebody does, keeps no key, and comes once."""

import pytest
from acted_runs import ActedRun
from piloting import screen_lines, screen_text, shows, until

from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.entries import entries
from bertft_tui.tui.screens.help import HelpScreen
from bertft_tui.tui.tour import steps
from bertft_tui.tui.widgets.tour_line import TourLine


@pytest.fixture
def new_app(db: Database) -> BertftApp:
    """The app of somebody who has never started it."""
    return BertftApp(db, wake=lambda db: None, check=lambda configs, tell: [*map(Checked, configs)], survey=None)


async def test_it_leads_from_an_empty_store_to_its_end(new_app: BertftApp, db: Database) -> None:
    """Each step is ticked when it is done; the next one stands over the keys of every screen, also of a small one."""
    async with new_app.run_test(size=(60, 20), notifications=True) as pilot:
        await shows(pilot, "Press n: it starts a run.", "shows all keys", "esc ends the tour")
        assert not screen_lines(pilot)[-2].strip()
        await pilot.press("n")
        await shows(pilot, f"tour 2/{len(steps())}  Choose demo with enter")
        await pilot.press("escape")
        await shows(pilot, "✓ Press n", "▸ Choose demo")
        await pilot.press("n", "enter")
        await shows(pilot, "^s checks the settings")
        assert "runs" not in {entry.title for entry in entries(new_app, new_app.screen)}  # the form would be lost
        await pilot.press("ctrl+c")  # in a field, where nothing is selected to be copied
        await shows(pilot, "q or ctrl+q leaves")
        await pilot.press("ctrl+s")
        await shows(pilot, "Watch it learn", "1 queued")
        ActedRun(db, "one").start().train(1)
        await shows(pilot, "opens the run; esc comes back.")
        await pilot.press("enter")
        await shows(pilot, "compares them")  # the second run counts as the one that is started again
        assert len(pilot.app.screen.query(TourLine)) == 1
        await pilot.press("escape")
        await shows(pilot, "▶ one", "· demo")
        await pilot.press("a", "c")
        await shows(pilot, "shows all keys. That is all.")
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(new_app.screen, HelpScreen))
        await shows(pilot, "That was the tour.")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not new_app.screen.query(TourLine))


async def test_it_can_be_left_and_comes_once(new_app: BertftApp, db: Database) -> None:
    """Escape ends it where there is nothing else to leave; the help shows it again."""
    async with new_app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "esc ends the tour")
        await pilot.press("escape")
        await shows(pilot, "No runs yet.")
        await pilot.press("escape", "question_mark", "t")
        await shows(pilot, "esc ends the tour")
        await pilot.press("n")
        await shows(pilot, "tour 2/")
        await pilot.press("escape", "escape")
        await shows(pilot, "No runs yet.")
        await pilot.press("q")
    again = BertftApp(db, wake=lambda db: None)
    async with again.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "No runs yet.")
        assert again.tour is None


async def test_with_runs_it_is_a_line_that_escape_ends(new_app: BertftApp, db: Database) -> None:
    """Who has runs is not met by it, but may ask for it: it counts what is done from then on."""
    ActedRun(db, "old").start().train(5)
    async with new_app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "old")
        assert new_app.tour is None
        await pilot.press("colon", *"tour", "enter")
        await shows(pilot, "Press n: it starts a run.", "esc ends the tour", "old")
        await pilot.press("escape")
        await until(pilot, lambda: new_app.tour is None and not new_app.screen.query(TourLine))
        assert "tour" not in screen_text(pilot)
