"""A launch is said to be near while somebody is about to launch, and not at every key."""

from piloting import until

from bertft_tui.core.store.database import Database
from bertft_tui.tui import form_app
from bertft_tui.tui.app import BertftApp


async def test_presets_and_form_say_that_a_launch_is_near(db: Database) -> None:
    """With the list of presets, and in the form again when some time has passed; never while nobody launches."""
    said: list[Database] = []
    app = BertftApp(db, wake=lambda db: None, expect=said.append, survey=None, overrides={"tour_seen": True})
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert not said
        await pilot.press("n")
        await until(pilot, lambda: said == [db])
        await pilot.press("enter")
        await until(pilot, lambda: app.forms)
        await pilot.press("down")
        assert said == [db]  # all within the half minute
        app._expected_at -= form_app._EXPECT_SECONDS
        await pilot.press("up")
        await until(pilot, lambda: said == [db, db])
