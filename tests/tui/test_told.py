"""Messages in the corner: short in a low terminal, whole behind a key, and naming the keys of the app."""

import pytest
from acted_runs import ActedRun
from piloting import screen_lines, screen_text, shows, until
from textual.pilot import Pilot

from bertft_tui.core.errors import Problem
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus, in_trash, refusal
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.in_app import in_app
from bertft_tui.tui.screens.runs import RunsScreen

LONG = Problem("The data cannot be read", "One reason is this. " * 12 + "\nAnother is that.", "Do something else.")


def covered(lines: list[str]) -> int:
    """How many lines of the screen a message lies over."""
    return sum("▌" in line for line in lines)


def words_of(pilot: Pilot[str]) -> str:
    """The words of a message, however they are broken into lines."""
    return " ".join(line.partition("▌")[2].strip() for line in screen_lines(pilot)).strip()


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_in_a_low_terminal_a_message_takes_few_lines(
    app: BertftApp, db: Database, size: tuple[int, int]
) -> None:
    """One at a time, the newest, with the key that shows all of them whole; there none lies over them."""
    ActedRun(db, "one")
    async with app.run_test(size=size, notifications=True) as pilot:
        await shows(pilot, "one")
        app.warn((Problem("The first", "Of two.", ""), Problem("The second", "It is short.", "")))
        await shows(pilot, "The second (and 1 more: F8)", "It is short.")
        assert "The first" not in screen_text(pilot)
        assert covered(screen_lines(pilot)) == 2
        app.complain(LONG)
        await shows(pilot, "The data cannot be read")
        await until(pilot, lambda: words_of(pilot).endswith("… F8 shows the whole."))
        assert "One reason is this. One reason is this." in words_of(pilot)
        assert covered(screen_lines(pilot)) == 4
        await pilot.press("f8")
        await shows(pilot, "Messages", "The data cannot be read", "esc back")
        assert covered(screen_lines(pilot)) == 0
        await pilot.press("end")
        await shows(pilot, "Another is that.", "Do something else.", "The second", "The first", "Of two.")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))


async def test_where_there_is_room_messages_are_whole(app: BertftApp, db: Database) -> None:
    """A warning and what came behind it stand there together, line by line; long ones stay longer."""
    ActedRun(db, "one")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await shows(pilot, "one")
        app.warn((Problem("The first", "Of two.", ""),))
        app.complain(LONG)
        await shows(pilot, "The first", "Of two.", "Another is that.", "Do something else.")
        app.notify("word " * 60, markup=False)
        app.notify("word", markup=False)
        await until(pilot, lambda: {each.timeout for each in app._notifications} >= {5, 20})


async def test_before_anything_was_said(app: BertftApp) -> None:
    """The list says that it is empty."""
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "No runs yet.")
        await pilot.press("f8")
        await shows(pilot, "Nothing was said yet.")


def test_keys_stand_in_the_place_of_commands() -> None:
    """Where there is a key for what the core calls by its command; what has none stays."""
    hints = {
        "`bertft-tui run --from RUN` (N in the app) starts anew.": "N starts anew.",
        "Others: `bertft-tui run --from 2c8m --set …`.": "Others: N.",
        "`resume` (r in the app) goes on with it.": "r goes on with it.",
        "`restore` takes it out.": "z in the trash takes it out.",
        "`bertft-tui purge` finishes that.": "d in the trash finishes that.",
        "Delete it first: `bertft-tui delete`.": "Delete it first: d.",
        "`bertft-tui list` shows all.": "The table shows all.",
        "Choose one; `bertft-tui list` shows them.": "Choose one; the table shows them.",
        "`bertft-tui devices` lists.": "Q lists.",
        "`bertft-tui doctor` looks closer.": "`bertft-tui doctor` looks closer.",
        "A model called `resume-net` is no command.": "A model called `resume-net` is no command.",
    }
    assert {text: in_app(text) for text in hints} == hints
    refused = [refusal(request, status) for request in Request for status in RunStatus]
    said = [in_app(error.problem.hint) for error in (*refused, *map(in_trash, Request)) if error is not None]
    assert not [hint for hint in said if "`" in hint]
