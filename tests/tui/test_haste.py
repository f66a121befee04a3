"""Keys that come faster than screens, and what ends the app when nobody had foreseen it."""

import pytest
from acted_runs import DEMO, ActedRun
from piloting import shows, until
from textual.events import Key
from textual.widgets import Input

from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.columns.chosen import DEFAULT
from bertft_tui.tui.feed import Feed, Interests
from bertft_tui.tui.screens.dialogs import AskText, Confirm
from bertft_tui.tui.screens.new_run.form import FormScreen
from bertft_tui.tui.screens.palette import Palette
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.screens.settings import SettingsScreen
from bertft_tui.tui.widgets.config_form import ConfigForm


def type_at_once(app: BertftApp, *keys: str) -> None:
    """Let keys come in one go, as a paste or a slow line brings them."""
    for key in keys:
        app.post_message(Key(key, {"space": " ", "enter": "\r"}.get(key, key if len(key) == 1 else None)))


async def test_keys_that_come_faster_than_screens(app: BertftApp, db: Database) -> None:
    """A run opened twice, a form left before it is there, a dialog answered twice: nothing of it ends the app."""
    run = ActedRun(db, "mine").start().train(2).finish()
    async with app.run_test() as pilot:
        await shows(pilot, "mine")
        app.open_run(run.id)
        app.open_run(run.id, pane=2)
        await shows(pilot, "settings")
        app.pop_screen()
        app.open_form(DEMO, origin="a test")
        app.pop_screen()
        await pilot.pause()
        app.push_screen(asked := AskText("Name", "old"))
        await pilot.pause()
        for _ in range(2):
            asked.query_one(Input).post_message(Input.Submitted(asked.query_one(Input), "new"))
        await pilot.pause()
        app.push_screen(confirm := Confirm("Sure?", "do it"))
        await pilot.pause()
        for _ in range(2):
            confirm.action_answer(True)
        await shows(pilot, "mine")


async def test_what_is_typed_at_once_into_a_list_chooses(app: BertftApp, db: Database) -> None:
    """Words and enter in one go, as a paste or a slow line brings them: enter takes what the words say."""
    ActedRun(db, "one").start().train(2).finish()
    async with app.run_test() as pilot:
        await shows(pilot, "one")
        for opens, keys, columns in (("s", [*"last"], ()), ("o", [*"note", "space"], (*DEFAULT, "note"))):
            await pilot.press(opens)
            type_at_once(app, *keys, "enter")
            await until(pilot, lambda: isinstance(app.screen, RunsScreen))
            assert (app.arrangement.sort, app.arrangement.columns) == ("last", columns)


async def test_what_is_typed_behind_a_key_that_opens_a_list_goes_into_it(app: BertftApp, db: Database) -> None:
    """In one go, in the form: a setting found by its name, a value chosen; no letter lands in the field below."""
    async with app.run_test() as pilot:
        app.open_form(DEMO, origin="preset demo", preset="demo")
        await until(pilot, lambda: bool(app.screen.query("SettingRow:focus-within")))
        form = app.screen.query_one(ConfigForm)
        for keys, key in (("learning", "training.learning_rate"), ("data.dataset", "data.dataset")):
            type_at_once(app, "ctrl+f", *keys, "enter")
            await until(pilot, lambda key=key: app.focused in form.row(key).walk_children())  # type: ignore[misc]
        before, row = form.texts, form.row("data.dataset")
        assert row is not None
        row.text = "another"
        type_at_once(app, "ctrl+l", *"demo", "enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen) and row.text != "another")
        assert form.texts == before
        type_at_once(app, "ctrl+p", *"themes", "enter")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        app.pop_screen()
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        assert form.texts == before


async def test_the_unforeseen_is_kept_for_the_last_door(app: BertftApp, db: Database) -> None:
    """Where the app ends by an error of its own, Textual prints nothing of it, and the command line gets it."""
    error = RuntimeError("unforeseen")
    async with app.run_test(headless=True) as pilot:
        await pilot.pause()
        app._handle_exception(error)
        assert app._exit_renderables == []
        assert app.failure is error
        app._exception = None  # else the test itself would raise it again


async def test_the_unforeseen_in_the_feed_is_not_unseen(app: BertftApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error without a sentence in the feed's thread ends the app: no table that stands still."""

    def break_down(feed: Feed, interests: Interests) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(Feed, "_look", break_down)
    with pytest.raises(RuntimeError, match="unforeseen"):
        async with app.run_test() as pilot:
            await until(pilot, lambda: app.failure is not None)


async def test_a_page_key_in_a_palette_without_room(app: BertftApp, db: Database) -> None:
    """Before the list of commands has lines, page up and down do nothing."""
    async with app.run_test(size=(1, 1)) as pilot:
        await pilot.press("colon", "l", "pagedown", "pageup", "escape")
        await pilot.press("colon", "pagedown")
        assert isinstance(app.screen, Palette)
