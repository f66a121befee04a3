"""What a run will make of its settings, told before it is launched."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.training.model.model_files import ModelLocation, read_json
from bertft_tui.core.training.recipe import Recipe, place_of, settle
from bertft_tui.core.training.sampling import order_of


def recipe_ahead(config: RunConfig, location: ModelLocation, devices: Sequence[Mapping[str, Any]]) -> Recipe | None:
    """Return the recipe on the first of the devices that can do what is asked for; None where none can.

    `devices`: those that the run may be given, as `check_places` reads them. What is wrong is said elsewhere.
    """
    for device in devices:
        with suppress(BertftError):
            return settle(config, read_json(location.folder / "config.json"), place_of(config, device), {})
    return None


def batches_ahead(
    config: RunConfig, location: ModelLocation, devices: Sequence[Mapping[str, Any]], train_rows: int
) -> RunConfig:
    """Name the padding and the order of so many training texts: those that `auto` will become.

    What pads all texts to the limit is told as if it were `auto`: what could be saved is the question there.
    """
    if config.data.padding == "max_length":
        config = config.with_settings({"data.padding": "auto"})
    recipe = recipe_ahead(config, location, devices)
    padding = "dynamic" if recipe is None else recipe.padding
    order = order_of(config.training, padding, train_rows, {})
    return config.with_settings({"data.padding": padding, "training.train_sampling_strategy": order.strategy})
