"""The app says that a disk is full, and that it has room again."""

import pytest
from acted_runs import ActedRun
from piloting import screen_text, shows, until
from small_disk import small_disk, unmount

from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp


async def test_a_full_disk_is_said(app: BertftApp, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Header and corner say it while it lasts, at every width."""
    monkeypatch.setattr("bertft_tui.core.disk.EVERY", 0.1)
    ActedRun(db, "one").start()
    with small_disk(db.path.runs, 1):
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await shows(pilot, "one", "disk is full", "The disk is full")
            assert any("points wait" in each.message for each in app.told)
            unmount(db.path.runs)
            await until(pilot, lambda: "disk is full" not in screen_text(pilot).splitlines()[0])
