"""What `auto` will become, told before a launch."""

from pathlib import Path
from typing import Any

import pytest
from tiny_encoders import make_tiny_encoder

from bertft_tui.core.config import RunConfig
from bertft_tui.core.training.ahead import batches_ahead, recipe_ahead
from bertft_tui.core.training.model.inspection import inspect_model

_CPU = {"name": "cpu", "capability": None}
_OLD, _NEW = ({"name": f"cuda:{number}", "capability": able} for number, able in enumerate([[7, 5], [9, 0]]))


@pytest.mark.parametrize(
    ("architecture", "devices", "settings", "expected"),
    [
        ("bert", [_CPU], {}, ("packed", "random")),
        ("bert", [_NEW], {}, ("packed", "random")),
        ("bert", [_OLD], {}, ("dynamic", "group_by_length")),
        ("bert", [_OLD, _NEW], {"data.padding": "packed"}, ("packed", "random")),
        ("bert", [], {}, ("dynamic", "group_by_length")),
        ("bert", [_CPU], {"data.padding": "max_length"}, ("packed", "random")),
        ("bert", [_CPU], {"data.padding": "dynamic"}, ("dynamic", "group_by_length")),
        ("deberta-v2", [_CPU], {}, ("dynamic", "group_by_length")),
        ("deberta-v2", [_CPU], {"data.padding": "packed"}, ("dynamic", "group_by_length")),
        ("bert", [_OLD], {"training.train_sampling_strategy": "random"}, ("dynamic", "random")),
    ],
)
def test_batches_are_told_ahead(
    architecture: str, devices: list[Any], settings: dict[str, Any], expected: tuple[str, str], tmp_path: Path
) -> None:
    """Padding and order by name, on the first device that can do it; what cannot be done is told elsewhere."""
    folder = make_tiny_encoder(tmp_path / "model", architecture)
    config = RunConfig().with_settings({"model.name_or_path": str(folder)} | settings)
    found = batches_ahead(config, inspect_model(config.model, 24), devices, train_rows=100_000)
    assert (found.data.padding, found.training.train_sampling_strategy) == expected


def test_where_nothing_can_be_done_nothing_is_told(tmp_path: Path) -> None:
    """A device that cannot do what is asked for by name has no recipe."""
    folder = make_tiny_encoder(tmp_path / "model", "bert")
    config = RunConfig().with_settings({"model.name_or_path": str(folder), "hardware.precision": "bf16"})
    location = inspect_model(config.model, 24)
    assert recipe_ahead(config, location, [_OLD]) is None
    recipe = recipe_ahead(config, location, [_OLD, _NEW])
    assert recipe is not None
    assert recipe.place.precision == "bf16"
