"""The app as a whole: keys, help, palette, pictures, leaving, and what opening it imports."""

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from acted_runs import ActedRun, table_of_runs
from piloting import screen_text, shows, until

from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.export import save_picture
from bertft_tui.tui.help_words import help_text
from bertft_tui.tui.keys import COMMANDS, SCOPE_TITLES, Scope, bindings, commands
from bertft_tui.tui.screens.help import HelpScreen
from bertft_tui.tui.screens.new_run.form import FormScreen
from bertft_tui.tui.screens.new_run.presets import PresetScreen
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.screens.settings import SettingsScreen
from bertft_tui.tui.screens.trash import TrashScreen
from bertft_tui.tui.widgets.choice import Choice

SCREENS: dict[Scope, type] = {
    "runs": RunsScreen,
    "run": RunScreen,
    "trash": TrashScreen,
    "presets": PresetScreen,
    "form": FormScreen,
    "settings": SettingsScreen,
    "help": HelpScreen,
}


def test_help_lists_every_key() -> None:
    """Each declared command stands on the help screen, with its keys and its sentence."""
    text = help_text("run").plain
    assert text.startswith(SCOPE_TITLES["run"])
    for command in COMMANDS:
        assert command.shown_keys in text
        assert command.help in text


@pytest.mark.parametrize("scope", SCOPE_TITLES)
def test_no_key_has_two_meanings(scope: Scope) -> None:
    """Within one screen a key does one thing."""
    keys = [key for command in commands(scope) for key in command.keys.split(",")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("scope", SCREENS)
def test_every_declared_key_does_something(scope: Scope) -> None:
    """Behind each binding stands an action of its screen or of the app."""
    for command in commands(scope):
        name = f"action_{command.action.partition('(')[0]}"
        owners = [BertftApp] if command.is_global else [SCREENS[scope], Choice]
        assert any(hasattr(owner, name) for owner in owners), command
    assert bindings(scope)


async def test_help_opens_and_closes_everywhere(app: BertftApp, db: Database) -> None:
    """?, or F1 where letters are text."""
    ActedRun(db, "one")
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "one")
        await pilot.press("question_mark")
        await shows(pilot, "Start a run from a preset.", "scroll   / search   t tour   esc back")
        await pilot.press("escape", "N", "f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await shows(pilot, "Check the settings and put the run into the")


async def test_the_palette_runs_commands(app: BertftApp, db: Database) -> None:
    """A command is found by its name, and does what its key does."""
    ActedRun(db, "one").start().train()
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "one", "0.940")
        await pilot.press("colon", *"metric")
        await shows(pilot, "Show the next metric")
        await pilot.press("enter")
        await shows(pilot, "by f1")


async def test_a_picture_of_the_screen(
    app: BertftApp, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """e writes an SVG and says where; a folder that cannot be written to is an error in words."""
    ActedRun(db, "a name to find")
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "a name to find")
        await pilot.press("e")
        await shows(pilot, "Saved")
        (picture,) = tmp_path.glob("bertft-tui-*.svg")
        assert "find" in picture.read_text(encoding="utf-8")


async def test_a_picture_is_private(
    app: BertftApp, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the umask; a link that lies in wait under its name is replaced, not followed."""
    precious, folder = tmp_path / "precious", tmp_path / "pictures"
    precious.write_text("precious")
    folder.mkdir()
    (folder / "picture.svg").symlink_to(precious)
    monkeypatch.setattr(time, "strftime", lambda *_: "picture.svg")
    ActedRun(db, "mine")
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "mine")
        mask = os.umask(0)
        path = save_picture(app, folder)
        os.umask(mask)
    assert isinstance(path, Path)
    assert path.lstat().st_mode == stat.S_IFREG | 0o600
    assert precious.read_text() == "precious"


async def test_leaving_says_that_training_goes_on(app: BertftApp, db: Database) -> None:
    """The farewell counts what is alive and what waits."""
    table_of_runs(db)
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "training")
        await pilot.press("q")
    assert app.return_value == "Training goes on: 1 running and 1 queued. `bertft-tui` shows it again."


async def test_leaving_without_work_says_nothing(app: BertftApp, db: Database) -> None:
    """No farewell where nothing goes on."""
    ActedRun(db, "one").start().finish()
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "one")
        await pilot.press("q")
    assert app.return_value == ""


async def test_a_store_that_vanishes_is_an_error_in_words(app: BertftApp, db: Database) -> None:
    """The app goes on and says what is wrong, once."""
    ActedRun(db, "one")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "one")
        db.close()
        for file in db.path.file.parent.iterdir():
            if file.is_file():
                file.unlink()
        await shows(pilot, "The store is gone")
        assert "one" in screen_text(pilot)


OPENING = """
import asyncio, json, sys
from pathlib import Path
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp

async def main():
    app = BertftApp(Database.open(StorePath(Path(sys.argv[1]))), wake=lambda db: None)
    async with app.run_test() as pilot:
        for key in ("enter", "2", "escape", "n", "enter", "escape", "question_mark"):
            await pilot.press(key)

asyncio.run(main())
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_app_imports_no_training_library(tmp_path: Path) -> None:
    """Opening the app and going through its screens loads none of the libraries that take seconds."""
    path = StorePath(tmp_path / "experiments.db")
    with Database.open(path) as db:
        ActedRun(db, "one").start().train(5)
    done = subprocess.run(
        [sys.executable, "-P", "-c", OPENING, str(path.file)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        timeout=60,
    )
    loaded = set(json.loads(done.stdout))
    assert not loaded & {"torch", "transformers", "datasets", "evaluate", "pandas", "sklearn", "alembic", "typer"}
