"""Checks before a run is enqueued, in a helper process: the interface never loads what they need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bertft_tui.core import hub_environment
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import Problem
from bertft_tui.core.local_names import expanded, found, is_pattern
from bertft_tui.core.packaged import DEMO
from bertft_tui.core.scheduling import helper
from bertft_tui.core.scheduling.devices import candidates, inventory
from bertft_tui.core.tell import Tell, silent

MODULE = "bertft_tui.core.training.check"


@dataclass(frozen=True)
class Checked:
    """A config that can be launched: its local paths are absolute, its data and model were looked at."""

    config: RunConfig
    warnings: tuple[Problem, ...] = ()
    train_rows: int | None = None
    eval_rows: int | None = None
    labels: tuple[str, ...] = ()


def check(config: RunConfig, tell: Tell = silent) -> Checked:
    """Look at data and model as the worker would. Raises InputError with what is wrong and what to do."""
    return check_all((config,), tell)[0]


def check_all(configs: Sequence[RunConfig], tell: Tell = silent) -> tuple[Checked, ...]:
    """Look at data and model of several runs; data that they share is read once.

    Raises InputError with what is wrong with the first that cannot be launched.
    """
    whole = [absolute_paths(config) for config in configs]
    question = {
        "configs": [config.model_dump(mode="json") for config in whole],
        "devices": [devices_for(config) for config in whole],
    }
    answer = helper.ask(MODULE, question, tell=tell)
    return tuple(checked_of(config, found) for config, found in zip(whole, answer["checks"], strict=True))


def devices_for(config: RunConfig) -> list[dict[str, Any]]:
    """The devices that a run may be given, as the check asks for them: `name`, and `capability` where it is known."""
    found = candidates(config.hardware.device, inventory())
    return [{"name": device.name, "capability": device.capability} for device in found]


def checked_of(config: RunConfig, found: Mapping[str, Any]) -> Checked:
    """Put a config, its paths absolute, together with what the helper found."""
    return Checked(
        config=config,
        warnings=(*hub_environment.notes(), *(Problem(**warning) for warning in found["warnings"])),
        train_rows=found["train_rows"],
        eval_rows=found["eval_rows"],
        labels=tuple(found["labels"]),
    )


def absolute_paths(config: RunConfig) -> RunConfig:
    """Make names of files and folders that exist here, and patterns, absolute: the worker runs elsewhere.

    Raises InputError for a name that cannot be looked at.
    """
    settings = {"model.name_or_path": config.model.name_or_path, "data.dataset": config.data.dataset}
    found = {key: str(path) for key, name in settings.items() if (path := _local(name)) is not None}
    return config.with_settings(found)


def _local(name: str) -> Path | None:
    """Return the absolute path of a name of this machine; None for the demo's and the Hub's names."""
    if name == DEMO:
        return None
    path = expanded(name) if is_pattern(name) else found(name)
    return path.absolute() if path is not None else None
