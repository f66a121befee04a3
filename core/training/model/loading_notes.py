"""What loading pretrained weights left new or unused, in sentences instead of a wall of warnings."""

from collections.abc import Iterable
from typing import Any

from transformers import PreTrainedModel

from bertft_tui.core.errors import ModelError, Problem
from bertft_tui.core.training.notes import listed


def describe_loading(model: PreTrainedModel, info: dict[str, Any]) -> tuple[Problem, ...]:
    """Explain the loading info of `from_pretrained`: new head, replaced head, missing and unused weights.

    Raises ModelError when weights of the encoder itself have other shapes than the config says.
    """
    base = model.base_model_prefix + "."
    missing = sorted(info["missing_keys"])
    replaced = sorted(key if isinstance(key, str) else key[0] for key in info["mismatched_keys"])
    if broken := [key for key in replaced if key.startswith(base)]:
        raise ModelError(
            "The weights do not fit the model's config",
            f"Other shapes than config.json says: {listed(broken)}.",
            "Name a folder whose config.json and weights belong together.",
        )
    new = [key for key in missing if not key.startswith(base) or "pooler" in key]
    absent = [key for key in missing if key not in new]
    notes = [
        _note(
            "The classification head is new",
            "The classification head ({}) is new: it starts random and is what training teaches first.",
            new,
        ),
        _note(
            "The classification head is replaced",
            "The head that came with the model is for other labels; {} start random instead.",
            replaced,
        ),
        _note(
            "Parts of the encoder are missing",
            "The weights lack {}; they start random, so the model knows less than its name says.",
            absent,
        ),
        _note(
            "Some pretrained weights are not used",
            "A classifier has no place for {} of the pretrained model; that is usual.",
            _roots(info["unexpected_keys"]),
        ),
    ]
    return tuple(note for note in notes if note is not None)


def _note(title: str, message: str, keys: list[str]) -> Problem | None:
    return Problem(title, message.format(listed(keys))) if keys else None


def _roots(keys: Iterable[str]) -> list[str]:
    """Shorten names to the modules they belong to: `cls.predictions.bias` becomes `cls.predictions`."""
    return sorted({".".join(key.split(".")[:2]) for key in keys})
