"""A model without its weights: how many numbers it has, for telling the memory that its training will take."""

from typing import Any

import torch
from transformers import AutoModelForSequenceClassification

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.training.known_memory import ATTENTION, facts_of_model
from bertft_tui.core.training.model.dropouts import set_dropouts
from bertft_tui.core.training.model.encoder import for_task
from bertft_tui.core.training.model.freezing import freeze
from bertft_tui.core.training.model.loading import code_options, in_words, load_config
from bertft_tui.core.training.model.model_files import ModelLocation
from bertft_tui.core.training.recipe import VARLEN, Recipe
from bertft_tui.core.training.task import Task


def outline_facts(config: RunConfig, location: ModelLocation, task: Task, recipe: Recipe) -> list[str] | None:
    """What the memory of a run's batches depends on; None where it cannot be told without the weights (LoRA)."""
    if config.model.lora_r is not None:
        return None
    try:
        model = _outline(config, location, task)
    except BertftError:
        return None  # what is wrong with it is said elsewhere
    facts = facts_of_model(model, recipe.place.precision, config.training.optim, first_alone=recipe.first_token_alone)
    if recipe.padding == "packed":
        facts[ATTENTION] = VARLEN
    return facts


def _outline(config: RunConfig, location: ModelLocation, task: Task) -> Any:
    """Build the classifier with numbers that are nowhere. Raises BertftError."""
    section = config.model
    built = load_config(location.folder, section)
    set_dropouts(built, section)
    options: dict[str, Any] = {"trust_remote_code": code_options(section)["trust_remote_code"]}
    if section.attn_implementation != "auto":
        options["attn_implementation"] = section.attn_implementation
    with in_words(section.name_or_path), torch.device("meta"):
        model = AutoModelForSequenceClassification.from_config(for_task(built, task), **options)
    freeze(model, section.freeze_layers)
    return model
