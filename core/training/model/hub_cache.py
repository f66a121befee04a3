"""The local copies of the Hub's models: which there are, and whether the disk has room for one more."""

import shutil
from pathlib import Path

from huggingface_hub import constants, scan_cache_dir, try_to_load_from_cache
from huggingface_hub.errors import CacheNotFound

from bertft_tui.core.errors import ModelError
from bertft_tui.core.training.notes import listed

_GIGABYTE = 1e9


def cached_model(name: str, revision: str | None) -> Path | None:
    """Return the folder of a model's local copy; None when there is none, or one without weights."""
    config = try_to_load_from_cache(name, "config.json", revision=revision)
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    return folder if any(path.suffix in (".safetensors", ".bin") for path in folder.iterdir()) else None


def say_cached() -> str:
    """Say in a sentence which models have local copies."""
    try:
        repositories = scan_cache_dir(constants.HF_HUB_CACHE).repos
    except (CacheNotFound, OSError):
        repositories = frozenset()
    names = sorted(repository.repo_id for repository in repositories if repository.repo_type == "model")
    return f"{constants.HF_HUB_CACHE} holds {listed(names) if names else 'no models'}."


def check_room(name: str, needed: int) -> None:
    """See that the disk has room for `needed` more bytes of models. Raises ModelError."""
    place = Path(constants.HF_HUB_CACHE)
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if needed > free:
        raise ModelError(
            "The disk has no room for the model",
            f"The weights of {name} need {needed / _GIGABYTE:.1f} GB; {free / _GIGABYTE:.1f} GB are free in "
            f"{constants.HF_HUB_CACHE}.",
            "Free some space, or set HF_HOME to a folder on a larger disk.",
        )
