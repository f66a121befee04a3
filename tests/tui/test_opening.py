"""The start: a frame first, with little loaded; then the rows, and no key is lost on the way."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from acted_runs import ActedRun
from piloting import shows, until

from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.opening import OpeningScreen

#: What only the rows need, or what nothing needs before a key is pressed.
LATE = {"sqlalchemy", "sqlmodel", "alembic", "typer", "psutil", "tomlkit"} | {
    "bertft_tui.core.config",
    "bertft_tui.core.store.records",
    "bertft_tui.tui.screens.runs",
}
UNNEEDED = {"sqlmodel", "alembic", "typer", "psutil", "tomlkit", "bertft_tui.tui.screens.new_run"}

FRAME = """
import asyncio, json, sys
from pathlib import Path
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.database import Database
from bertft_tui.tui import opening
from bertft_tui.tui.app import BertftApp

seen = []
opening._QUIET = 1e6  # the other screens are loaded when the test is over

class Watched(BertftApp):
    CSS_PATH = Path(sys.modules[BertftApp.__module__].__file__).with_name("app.tcss")

    def furnish(self):
        strips = self.screen._compositor.render_strips(self.size)
        seen.append(["".join(segment.text for segment in strip) for strip in strips])
        seen.append(sorted(sys.modules))
        super().furnish()

async def main():
    app = Watched(Database.open(StorePath(Path(sys.argv[1]))), wake=lambda db: None, frame_first=True)
    async with app.run_test() as pilot:
        while not app.opened:
            await pilot.pause(0.01)
        seen.append(sorted(sys.modules))

asyncio.run(main())
print(json.dumps(seen))
"""


def test_the_frame_needs_little_and_the_rows_not_much_more(tmp_path: Path) -> None:
    """Header and footer are drawn without the store's libraries and the settings, rows without the other screens."""
    path = StorePath(tmp_path / "experiments.db")
    with Database.open(path) as db:
        ActedRun(db, "one").finish()
    done = subprocess.run(
        [sys.executable, "-P", "-c", FRAME, str(path.file)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        timeout=60,
    )
    lines, with_the_frame, with_the_rows = json.loads(done.stdout)
    assert "experiments.db" in lines[0]
    assert "help" in lines[-1]
    assert not LATE & set(with_the_frame)
    assert not UNNEEDED & set(with_the_rows)


class Slow(BertftApp):
    """An app whose rows take as long as the test wants."""

    CSS_PATH = Path(sys.modules[BertftApp.__module__].__file__ or "").with_name("app.tcss")

    def __init__(self, db: Database) -> None:
        self.ready = threading.Event()
        super().__init__(db, wake=lambda db: None, frame_first=True)

    def furnish(self) -> None:
        """Wait for the test, then load."""
        self.ready.wait(30)
        super().furnish()


async def test_keys_that_come_before_the_rows_act_when_these_are_there(db: Database) -> None:
    """In their order, also those that come while the first of them are acting."""
    for name in ("first", "second", "third"):
        ActedRun(db, name).finish()
    app = Slow(db)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down", "enter")
        assert isinstance(app.screen, OpeningScreen)
        app.ready.set()
        await pilot.press("2")
        await shows(pilot, "first", "differs from preset", "trust_remote_code")
        await until(pilot, lambda: app.opened)


async def test_leaving_needs_no_rows(db: Database) -> None:
    """The first key may be the last."""
    app = Slow(db)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
        assert app.return_value == ""
        app.ready.set()


async def test_a_store_that_cannot_be_read_at_first_is_said(db: Database) -> None:
    """Then too the home screen takes the frame's place, and keys act."""
    app = Slow(db)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        db.path.file.unlink()
        app.ready.set()
        await shows(pilot, "The store is gone")
        await pilot.press("question_mark")
        await shows(pilot, "Start a run from a preset")
