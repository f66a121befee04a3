"""A look at a data set before training, in a helper process."""

from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling import helper
from bertft_tui.core.scheduling.preflight import absolute_paths
from bertft_tui.core.tell import Tell, silent

MODULE = "bertft_tui.core.training.look"


def look(config: RunConfig, tell: Tell = silent) -> dict[str, Any]:
    """Describe the data set of a config, as `data --json` shows it. Raises InputError."""
    question = {"config": absolute_paths(config).model_dump(mode="json")}
    document = helper.ask(MODULE, question, what="The look", tell=tell)
    document.pop("ok")
    return document
