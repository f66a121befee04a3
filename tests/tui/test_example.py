"""The app on `experiments.db.example`: every screen has something to show, or says why it has not."""

from pathlib import Path

import pytest
from example_store import EXAMPLE
from piloting import screen_text, shows, until
from textual.pilot import Pilot

from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.example import usable
from bertft_tui.tui.app import BertftApp


async def test_a_newcomer_looks_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Header and message call it a copy; what came without its files says so; notes are written into the copy."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    before = EXAMPLE.read_bytes()
    with Database.open(usable(StorePath(EXAMPLE))) as db:
        app = BertftApp(db, wake=lambda db: None, overrides={"tour_seen": True})
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await shows(pilot, "(copy of the example)", "This is a copy of the example")
            app.clear_notifications()
            await shows(pilot, "✗ from our own checkpoint", "‖ ", "The loss is not a number", "★✓ demo recipe")
            await pilot.press("b")
            await shows(pilot, "all but the seed")
            await pilot.press("down", "enter")
            await shows(pilot, "▸ demo recipe × 3", "±")
            await pilot.press("escape")
            await shows(pilot, "★✓ demo recipe", "✓ seed 42 → 1")
            await pilot.press("G", "t")
            await shows(pilot, "Tags, separated by spaces")
            await pilot.press(*" mine", "enter")
            await until(pilot, lambda: "mine" in queries.find_run(db, "demo recipe").tags)
            await panes_without_files(pilot)
            await pilot.press("T")
            await shows(pilot, "The best checkpoint cannot be used", "is gone.")
            await pilot.press("escape", "space", "up", "space", "c")
            await shows(pilot, "compare 2 runs", "demo recipe", "seed", "accuracy")
            await pilot.press("i")
            await shows(pilot, "A demo recipe", "1 only A right", "4 both right")
    assert EXAMPLE.read_bytes() == before


async def panes_without_files(pilot: Pilot[str]) -> None:
    """Open the run and look at what would be read from its directory."""
    await pilot.press("enter")
    await shows(pilot, "1 curves", "loss", "best, at epoch")
    await pilot.press("4")
    await shows(pilot, "There is no log here", "left behind.")
    await pilot.press("5")
    await shows(pilot, "unknown", "process", "nothing of it is on the disk")  # as wide as a date is, they wrap
    assert "None" not in screen_text(pilot)
    await pilot.press("6")
    await shows(pilot, "are on the disk: they were")
    await pilot.press("8")
    await shows(pilot, "to make this run again", "Linux")
    await pilot.press("9")
    await shows(pilot, "What is taken for what", "of 200 texts right", "ECE ")
    await pilot.press("i")
    await shows(pilot, "of 200 texts wrong", "politics")
    await pilot.press("o")
    await shows(pilot, "all 200 texts")
    await pilot.press("enter")
    await until(pilot, lambda: "… " not in screen_text(pilot))  # a process has read the texts again
    await shows(pilot, " of 200  ", ".txt", "true: ")
    await pilot.press("escape", "1", "escape")
    await shows(pilot, "n new")
