"""The app without a scheduler or a check process, on a real store."""

from collections.abc import Callable

import pytest

from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.store.database import Database
from bertft_tui.core.tell import Tell
from bertft_tui.tui.app import BertftApp


@pytest.fixture
def app(db: Database) -> BertftApp:
    """The app on an empty store; nothing is started, every config passes."""
    seen = {"tour_seen": True}
    return BertftApp(db, wake=lambda db: None, check=lambda config, tell: Checked(config), overrides=seen)


@pytest.fixture
def make_app(db: Database) -> Callable[[Callable[[RunConfig, Tell], Checked]], BertftApp]:
    """The app with another check."""
    seen = {"tour_seen": True}
    return lambda check: BertftApp(db, wake=lambda db: None, check=check, overrides=seen)
