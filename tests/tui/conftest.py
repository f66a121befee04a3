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
    return BertftApp(
        db, wake=lambda db: None, check=lambda configs, tell: [*map(Checked, configs)], survey=None, overrides=seen
    )


@pytest.fixture
def make_app(db: Database) -> Callable[[Callable[[RunConfig, Tell], Checked]], BertftApp]:
    """The app with another check of each config."""

    def make(check: Callable[[RunConfig, Tell], Checked]) -> BertftApp:
        checks = lambda configs, tell: [check(each, tell) for each in configs]  # noqa: E731
        return BertftApp(db, wake=lambda db: None, check=checks, survey=None, overrides={"tour_seen": True})

    return make
