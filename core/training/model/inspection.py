"""The look at a model before anything is launched: can it be found, can it classify, is it whole.

Reads files, and asks the Hub one short question when the model lies there. No torch for the usual encoders.
"""

from dataclasses import replace
from typing import Any

from bertft_tui.core.errors import Problem
from bertft_tui.core.packaged import DEMO, demo_model_directory
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.hub_settings import unused_hub_settings
from bertft_tui.core.training.model.architecture_names import NO_VOCABULARY
from bertft_tui.core.training.model.architectures import check_architecture, check_max_length
from bertft_tui.core.training.model.limits import check_limits, check_peft
from bertft_tui.core.training.model.model_files import ModelLocation, local_folder, read_json
from bertft_tui.core.training.model.tokenizer_files import check_tokenizer_files
from bertft_tui.core.training.model.weight_files import check_weights


def inspect_model(model: ModelSection, max_length: int, layer_lr_decay: float = 1.0) -> ModelLocation:
    """Find a model and see that it can be trained. `max_length`: the tokens that a text is cut at.

    `layer_lr_decay`: below 1 each layer shall learn slower than the one above it.

    Raises ModelError, and ConfigError for settings that the model does not have.
    """
    check_peft(model.lora_r)
    location = _find(model)
    config = read_json(location.folder / "config.json")
    check_architecture(config, location.name, model)
    if not location.missing:
        check_weights(location.folder)
    if config["model_type"] not in NO_VOCABULARY:
        check_tokenizer_files(location.folder)
    check_max_length(config, max_length)
    check_limits(config, model, layer_lr_decay)
    return (
        replace(location, notes=(*location.notes, *_own_code(location, config)))
        if model.trust_remote_code
        else location
    )


def _own_code(location: ModelLocation, config: dict[str, Any]) -> tuple[Problem, ...]:
    """Say what it means that a model's own code may run, or that it has none."""
    tokenizer = location.folder / "tokenizer_config.json"
    if "auto_map" in config or (tokenizer.is_file() and "auto_map" in read_json(tokenizer)):
        what = (
            f"{location.name} brings Python code and model.trust_remote_code is true: in this run the code can do "
            "whatever you can, with your files and your tokens."
        )
        hint = "Read the .py files beside its config.json, and set model.revision to the commit that you have read."
        return (Problem("Code of the model's authors will run", what, hint),)
    what = f"It is true, but {location.name} brings no code of its own."
    return (Problem("model.trust_remote_code has no effect", what, "Set model.trust_remote_code = false."),)


def _find(model: ModelSection) -> ModelLocation:
    folder = demo_model_directory() if model.name_or_path == DEMO else local_folder(model.name_or_path)
    if folder is not None:
        notes = unused_hub_settings(model.name_or_path, **{"model.revision": model.revision})
        return ModelLocation(model.name_or_path, folder, notes=tuple(notes))
    from bertft_tui.core.training.model.hub_model import find_on_hub  # the Hub's client takes a fifth of a second

    return find_on_hub(model)
