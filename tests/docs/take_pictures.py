"""Takes the pictures of the guide and the README: `make pictures`. The app exports each one itself, as `e` does.

Most are of a copy of `experiments.db.example`, and the same each time; those of a live run are of a real one, which
is trained for them.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

sys.path.append(str(Path(__file__).parents[1]))  # what the tests wait with

from living import ended, until
from picture_scenes import SCENES, Place, Scene
from piloting import screen_text, shows
from processes import end_processes
from textual.pilot import Pilot
from textual.widgets import Input

from bertft_tui.core.errors import Problem
from bertft_tui.core.paths import StorePath, settings_file
from bertft_tui.core.presets import preset
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request
from bertft_tui.core.whole_file import write_whole
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.export import save_picture

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"

#: The picture that the README begins with.
HERO = "table"

#: Seconds: without a change on screen, and at most; for a live run to come somewhere.
_REST, _AT_MOST, _PATIENCE = 1.5, 6.0, 900.0

#: The step at which a live run is shown.
_SEEN_AT = 40


def main(names: list[str]) -> None:
    """Take the pictures of these names, or all of them."""
    PICTURES.mkdir(exist_ok=True)
    wanted = [scene for scene in SCENES if not names or scene.name in names]
    os.environ["TZ"] = "UTC"  # times of day are the same wherever the pictures are taken
    time.tzset()
    with neutral_folder():
        for place in get_args(Place):
            if scenes := [scene for scene in wanted if scene.place == place]:
                take_all(place, scenes)
    if HERO in {scene.name for scene in wanted}:
        shutil.copyfile(PICTURES / f"{HERO}.svg", ROOT / "docs" / "screenshot.svg")


@contextmanager
def neutral_folder() -> Iterator[None]:
    """Work in a folder of its own, so that no path and no setting of whoever takes the pictures is in them."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="bertft-pictures-") as folder:
        os.chdir(folder)
        os.environ["BERTFT_CONFIG_DIR"] = "config"  # relative: its name is in a picture
        for name in ("BERTFT_DB", "BERTFT_THEME", "BERTFT_ASCII", "NO_COLOR"):
            os.environ.pop(name, None)
        try:
            yield
        finally:
            os.chdir(before)


def take_all(place: Place, scenes: list[Scene]) -> None:
    """Take the pictures of one store."""
    folder = Path(place)
    (folder / "config").mkdir(parents=True)
    os.chdir(folder)
    store = StorePath(Path("experiments.db").absolute())
    if place == "example":
        shutil.copyfile(ROOT / "experiments.db.example", store.file)
    with Database.open(store, daily_backup=False) as db:
        if place == "live":
            take_live(db, scenes)
        else:
            for scene in scenes:
                take(db, scene)
    os.chdir("..")


def take_live(db: Database, scenes: list[Scene]) -> None:
    """Train the demo with others waiting behind it; the last picture needs its checkpoint."""
    demo = preset("demo").config.with_settings({"hardware.device": "cpu"})
    first = commands.enqueue(db, demo, name="my first run")
    changed = [demo.with_settings({"training.learning_rate": rate}) for rate in (1e-4, 5e-5)]
    others = [commands.enqueue(db, each, parent=queries.get_run(db, first)) for each in changed]
    try:
        until(db, first, lambda run: run.progress.step > _SEEN_AT, _PATIENCE)
        for scene in scenes:
            if scene.name == "try-it":
                for run_id in others:
                    commands.request(db, run_id, Request.CANCEL, by="you")
                until(db, first, ended, _PATIENCE)
            take(db, scene)
    finally:
        end_processes(db.path)


def take(db: Database, scene: Scene) -> None:
    """Take one picture."""
    print(scene.name, flush=True)
    asyncio.run(_take(db, scene))


async def _take(db: Database, scene: Scene) -> None:
    settings = {"tour_seen": True, "theme": "dark", "glyphs": "unicode", **scene.settings}
    write_whole(
        settings_file(), "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items()).encode()
    )
    app = BertftApp(db)
    async with app.run_test(size=scene.size) as pilot:
        for act in scene.acts:
            if act.presses:
                await pilot.press(*act.presses)
            await shows(pilot, *act.shows)
        for field in app.screen.query(Input):
            field.cursor_blink = False  # else chance decides whether the cursor is seen
        await come_to_rest(pilot)
        saved = save_picture(app, Path.cwd())
    if isinstance(saved, Problem):
        sys.exit(f"{saved.title}: {saved.message}")
    saved.replace(PICTURES / f"{scene.name}.svg")


async def come_to_rest(pilot: Pilot[str]) -> None:
    """Wait until nothing changes on screen for a while; what is live never rests."""
    deadline = time.monotonic() + _AT_MOST
    seen, since = "", time.monotonic()
    while time.monotonic() < min(deadline, since + _REST):
        await pilot.pause(0.1)
        if (now := screen_text(pilot)) != seen:
            seen, since = now, time.monotonic()


if __name__ == "__main__":
    main(sys.argv[1:])
