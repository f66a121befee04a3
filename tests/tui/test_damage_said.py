"""The app on a store that is damaged under it."""

import pytest
from acted_runs import ActedRun
from damaging import damage_in_use
from piloting import shows

from bertft_tui.core.store.backup import back_up
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.cli.doctor import examine


async def test_damage_under_the_app_is_said(app: BertftApp, db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what is damaged and what mends it, the table stays on screen, and the doctor sees it too."""
    ActedRun(db, "one").start()
    back_up(db.path)
    async with app.run_test(size=(160, 40), notifications=True) as pilot:
        await shows(pilot, "one")
        damage_in_use(db.path)
        await shows(pilot, "The store is damaged", "doctor --rebuild", "one")
    assert examine(db.path, as_json=False) == 1
    assert "damaged" in capsys.readouterr().out
