"""The app on a store that can only be read, or that lies on a network."""

from pathlib import Path

import pytest

from bertft_tui.core.presets import preset
from bertft_tui.core.store import commands, network
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp


def said(app: BertftApp) -> str:
    """All notifications that are shown."""
    return "\n".join(f"{each.title} {each.message}" for each in app._notifications)


async def test_the_app_opens_on_a_store_that_can_only_be_read(db: Database) -> None:
    """The runs are shown, the header and a notification say that nothing can be written."""
    commands.enqueue(db, preset("demo").config, name="to be seen")
    with Database(db.path, "somebody else's store.") as mine:
        app = BertftApp(mine)
        async with app.run_test(size=(120, 30)) as pilot:
            await pilot.pause(0.5)
            assert [run.name for run in app.snapshot.runs] == ["to be seen"]
            assert app.store_name.endswith("(read-only)")
            assert "somebody else's store" in said(app)
            app.perform(lambda: commands.pause_queue(mine, "in vain"), "never")
            await pilot.pause(0.2)
            assert said(app).count("can only be read") >= 1


async def test_the_app_warns_of_a_network_file_system(app: BertftApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where locks and speed are the server's, that is said once."""
    monkeypatch.setattr(network, "mounts", lambda: {Path("/"): "nfs4"})
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "nfs4" in said(app)
