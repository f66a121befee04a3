"""What the longest batch of a run will take of a GPU, before its launch, by what runs on this kind have found out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertft_tui.core.config import RunConfig
from bertft_tui.core.paths import known_memory
from bertft_tui.core.training.ahead import recipe_ahead
from bertft_tui.core.training.data.tokens import MULTIPLE_ON_GPU
from bertft_tui.core.training.known_memory import Forecast, forecast, read_known
from bertft_tui.core.training.model.model_files import ModelLocation
from bertft_tui.core.training.model.outline import outline_facts
from bertft_tui.core.training.recipe import Padding
from bertft_tui.core.training.task import Task


def memory_ahead(
    config: RunConfig,
    location: ModelLocation,
    task: Task,
    lengths: NDArray[np.int64],
    *,
    train_rows: int,
    gpu: str,
    devices: Sequence[Mapping[str, Any]],
) -> Forecast | None:
    """Tell the peak of the longest batch; None where too little was found out on this kind of device.

    `lengths`: tokens of texts, as they are spread in the `train_rows`; `gpu`: what the device is called; `devices`:
    those that the run may be given, as `check_places` reads them.
    """
    known = read_known(known_memory())
    gpus = [each for each in devices if each["name"].startswith("cuda")]
    recipe = recipe_ahead(config, location, gpus[:1]) if known else None
    facts = outline_facts(config, location, task, recipe) if recipe is not None else None
    if recipe is None or facts is None:
        return None
    texts, passes = config.training.cut
    batch = longest_shape(lengths, train_rows, texts, config.data.max_length, recipe.padding)
    return forecast(known, facts, gpu, batch, accumulates=passes > 1)


def longest_shape(
    lengths: NDArray[np.int64], train_rows: int, texts: int, max_length: int, padding: Padding
) -> tuple[int, int]:
    """Return rows and tokens of the longest batch, as it is tried on a GPU: packed texts are one row.

    Of a sample, as many of the longest as are the batch's share of all make up its texts.
    """
    kept = np.sort(np.minimum(lengths, max_length))[::-1]
    texts = min(texts, train_rows)
    if padding == "packed":
        share = -(-len(kept) * texts // train_rows)
        return 1, round(texts * float(kept[:share].mean()))
    longest = max_length if padding == "max_length" else -(-int(kept[0]) // MULTIPLE_ON_GPU) * MULTIPLE_ON_GPU
    return texts, longest
