"""Help and the command palette: everything that can be done, found by its name, its key or what it does."""

import pytest
from acted_runs import ActedRun
from piloting import screen_lines, screen_text, shows, until

from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.entries import entries
from bertft_tui.tui.finding import Entry, matching
from bertft_tui.tui.help_words import help_columns, help_text
from bertft_tui.tui.keys import COMMANDS, commands
from bertft_tui.tui.screens.palette import Palette
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.screens.settings import SettingsScreen


def test_two_columns_say_what_one_says() -> None:
    """Nothing is left out, and both are of about the same length."""
    first, rest = help_columns("run")
    assert sorted(f"{first.plain}\n{rest.plain}".split()) == sorted(help_text("run").plain.split())
    assert abs(len(first.lines) - len(rest.lines)) < 30


def test_a_search_finds_keys_sentences_and_shapes() -> None:
    """Every word must be there; a section that is named is shown whole."""
    assert "Cancel the run" in help_text("runs", "nothing saved").plain
    assert "Logarithmic" not in help_text("runs", "nothing saved").plain
    assert "vanished" in help_text("runs", "lost").plain
    assert "Open the highlighted run." in help_text("runs", "the trash").plain
    assert "Take back what was done last" in help_text("runs", "undo").plain  # as the footer calls it
    assert help_text("runs", "qqq").plain == "Nothing here says that."


@pytest.mark.parametrize("size", [(60, 20), (200, 50)])
async def test_help_at_every_size(app: BertftApp, db: Database, size: tuple[int, int]) -> None:
    """Long sentences go on under their own words; / searches; esc leaves the search, then the help."""
    ActedRun(db, "one")
    async with app.run_test(size=size) as pilot:
        await shows(pilot, "one")
        await pilot.press("question_mark")
        await shows(pilot, "Start a run from this one, with", "scroll   / search   t tour   esc back")
        lines = screen_lines(pilot)
        if size[0] == 60:
            place = next(index for index, line in enumerate(lines) if "Start a run from this one, with" in line)
            assert lines[place + 1].index("settings") == lines[place].index("Start")
        second = help_columns("runs")[1].plain.splitlines()[0]
        assert (f"  {second}" in screen_text(pilot)) == (size[0] == 200)  # beside it, in two columns
        await pilot.press("slash", *"vani q")
        await shows(pilot, "Nothing here says that.")
        await pilot.press("backspace", "backspace", "enter")
        await shows(pilot, "vanished")
        await pilot.press("escape")
        await shows(pilot, "Start a run from a preset.")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))


def test_matches_are_ordered_by_how_well_they_fit() -> None:
    """A key, the beginning of a name, a word in it, a word in the sentence, letters in their order."""
    found = [
        Entry("reverse", "Turn the order round.", print, "S"),
        Entry("sort", "By another column.", print, "s"),
        Entry("new", "Start a run.", print, "n"),
        Entry("open run sorted", "", print),
        Entry("start over", "", print),
    ]
    assert [entry.title for entry in matching(found, "sort")] == ["sort", "open run sorted"]
    assert [entry.title for entry in matching(found, "sta run")] == ["new"]
    assert [entry.title for entry in matching(found, "S")][:2] == ["reverse", "sort"]
    assert [entry.title for entry in matching(found, "stov")] == ["start over"]
    assert matching(found, "qq") == []


async def test_the_palette_has_everything(app: BertftApp, db: Database) -> None:
    """Every command of the screen below, screens, runs, presets, settings; what others wrote is safe."""
    run = ActedRun(db, "[b]odd\x1b[31m name").start().train(1)
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "odd")
        offered = {entry.title for entry in entries(app, app.screen)}
        assert {command.label for command in commands("runs") if command.palette} <= offered
        assert {"theme: contrast", "shapes: ascii", "new run from preset imdb-1k", "settings", "tour"} <= offered
        await pilot.press("colon", *"odd")
        await shows(pilot, "open run [b]odd␛[31m name")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert app.screen._run_id == run.id  # type: ignore[attr-defined]
        offered = {entry.title for entry in entries(app, app.screen)}
        assert {command.label for command in commands("run") if command.palette} | {"runs", "new", "trash"} <= offered
        await pilot.press("colon", *"themes", "enter")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))


async def test_keys_of_the_palette(app: BertftApp, db: Database) -> None:
    """Pages and ends, at once and without room; what matches nothing says so; esc leaves."""
    ActedRun(db, "one")
    async with app.run_test(size=(60, 20)) as pilot:
        await shows(pilot, "one")
        await pilot.press("colon", "pagedown", "pagedown", "ctrl+end", "pageup", "ctrl+home", "down", "up", "up")
        await shows(pilot, "Start a run from a preset.")
        await pilot.press(*"zzzz", "pagedown", "enter")
        await shows(pilot, "Nothing here is called so")
        await pilot.resize_terminal(20, 5)
        await pilot.press("pagedown", "escape")
        await until(pilot, lambda: not isinstance(app.screen, Palette))


async def test_ctrl_c_says_how_to_leave(app: BertftApp, db: Database) -> None:
    """Nobody leaves by accident, and nobody is left without an answer."""
    ActedRun(db, "one")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "one")
        await pilot.press("ctrl+c")
        await shows(pilot, "q or ctrl+q leaves")


def test_every_command_says_what_it_does() -> None:
    """A sentence and a short name."""
    assert all(command.help.endswith((".", "…")) and 1 <= len(command.label) <= 12 for command in COMMANDS)
