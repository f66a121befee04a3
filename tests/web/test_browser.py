"""The app in a real browser: it is drawn, takes keys, and nothing on its page fails.

`make test-browser` runs it. `BERTFT_PICTURES` names a folder in which its pictures are kept, to be looked at.
"""

import os
from pathlib import Path

import pytest
from acted_runs import ActedRun
from serving import served

from bertft_tui.core.store.database import Database

pytest.importorskip("textual_serve", reason="needs the extra `serve`")

from browsing import find_browser, open_page

BROWSER = find_browser()
#: Keys, and what is seen then.
WALK = (("", "a run in a browser"), ("Enter", "settings"), ("Escape", "name"), (",", "Settings"))


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium or Chrome on this machine")
async def test_keys_in_a_browser(db: Database, tmp_path: Path) -> None:
    """The table, a run's own screen and the settings, each seen in a picture that differs from the one before."""
    assert BROWSER is not None
    ActedRun(db, "a run in a browser").start().train(40).finish()
    pictures = []
    with served(db.path.file) as server:
        async with open_page(BROWSER, server.address, tmp_path / "profile") as page:
            for key, text in (
                ("", "a run in a browser"),
                ("Enter", "settings"),
                ("Escape", "name"),
                (",", "Settings"),
            ):
                if key:
                    await page.press(key)
                await page.shows(text)
                pictures.append(await page.picture())
            assert not page.faults
            assert "key=" not in (await page.call("Runtime.evaluate", expression="location.href"))["result"]["value"]
    assert all(picture.startswith(b"\x89PNG") and len(picture) > 10_000 for picture in pictures)
    assert pictures[0] != pictures[1] != pictures[2] != pictures[3]
    if folder := os.environ.get("BERTFT_PICTURES"):
        for number, picture in enumerate(pictures):
            Path(folder, f"browser-{number}.png").write_bytes(picture)
