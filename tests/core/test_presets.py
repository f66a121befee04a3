"""The named starting points."""

import pytest

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.presets import PRESETS, preset


def test_presets_are_found_by_name() -> None:
    """Each preset answers to its name and says in a sentence what it is."""
    for name, found in PRESETS.items():
        assert preset(name) is found
        assert found.name == name
        assert found.description.endswith(".")


def test_the_demo_needs_no_hub() -> None:
    """The demo presets take model and corpus from packages."""
    for name in ("demo", "demo-full"):
        assert PRESETS[name].config.model.name_or_path == "demo"
        assert PRESETS[name].config.data.dataset == "demo"


@pytest.mark.parametrize(("name", "hint"), [("demmo", "'demo'"), ("zzz", "There are: demo"), ("", "There are: demo")])
def test_an_unknown_preset_brings_the_nearest(name: str, hint: str) -> None:
    """A typo is answered with the name that was meant, else with all names."""
    with pytest.raises(ConfigError) as caught:
        preset(name)
    assert hint in caught.value.problem.hint


def test_own_data_must_be_named() -> None:
    """The preset for data of one's own is refused until data.dataset is set; then it is the defaults."""
    config = preset("own-data").config
    with pytest.raises(ConfigError) as caught:
        config.with_settings({"training.seed": 1})
    assert caught.value.problem.message.startswith("data.dataset = '': must not be empty. A Hub id; a file")
    named = {"data.dataset": "reviews.csv"}
    assert config.with_settings(named) == RunConfig().with_settings(named)
