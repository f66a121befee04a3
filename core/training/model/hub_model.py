"""Models on the Hub: one short question before the libraries ask at length, the local copy when nobody answers.

Offline, the libraries retry for most of a minute before they give up.
"""

from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, constants, hf_hub_download, try_to_load_from_cache
from huggingface_hub.errors import (  # type: ignore[attr-defined]  # HTTPError: that of whichever HTTP library
    GatedRepoError,
    HTTPError,
)

from bertft_tui.core.errors import ModelError, Problem
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.tell import Check, Tell, go_on, silent
from bertft_tui.core.training.downloads import Parcel, download
from bertft_tui.core.training.hub import HubUnreachableError, gated_model, model_info, offline_variable
from bertft_tui.core.training.model.hub_cache import cached_model, check_room, say_cached
from bertft_tui.core.training.model.model_files import ModelLocation, adapter_alone
from bertft_tui.core.training.model.weight_files import (
    INDEX,
    ONE_FILE,
    PickledWeightsError,
    choose_weights,
    refuse_other_kinds,
    shards,
)
from bertft_tui.core.training.notes import first_line

_SECONDS = 5.0

#: Files that say what a model is and how its tokenizer works.
_SMALL = (".json", ".txt", ".model")


def find_on_hub(section: ModelSection) -> ModelLocation:
    """Return the local copy of a model, with its small files fetched and its weights looked up, not fetched.

    Raises ModelError when the Hub has no such model, does not give it out or cannot be reached and there is no copy,
    when the weights are of no use, or when the disk has no room for them.
    """
    if constants.HF_HUB_OFFLINE:
        return _copy(section, f"{offline_variable()} is set")
    try:
        return _on_hub(section, model_info(section.name_or_path, section.revision))
    except GatedRepoError:
        raise gated_model(section.name_or_path) from None
    except (HubUnreachableError, HTTPError, OSError) as error:
        return _copy(section, f"asking the Hub failed: {first_line(error)}")


def fetch_model(location: ModelLocation, tell: Tell = silent, check: Check = go_on) -> None:
    """Fetch what is missing of a model. Raises ModelError, and what `check` raises."""
    if not location.missing:
        return

    def fetch() -> None:
        for name in location.missing:
            _fetch(location.name, name, location.commit)

    try:
        download(fetch, Parcel(location.name, "model", location.missing_bytes), tell, check)
    except GatedRepoError:
        raise gated_model(location.name) from None
    except (HTTPError, OSError) as error:
        raise ModelError(
            "The model could not be fetched",
            f"{location.name}: {first_line(error)}.",
            "Try again: files that have arrived whole are kept.",
        ) from error


def _on_hub(section: ModelSection, info: Any) -> ModelLocation:
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or () if "/" not in file.rfilename}
    name = section.name_or_path
    if "config.json" not in sizes:
        raise _no_config(section, sizes)
    try:
        chosen = choose_weights(sizes, name)
    except PickledWeightsError:
        raise PickledWeightsError(name, "pytorch_model.bin", _conversion(name)) from None
    endings = (*_SMALL, ".py") if section.trust_remote_code else _SMALL
    small = [file for file in sizes if file.endswith(endings) and ".index." not in file]
    folder = _fetch_small(section, info.sha, ["config.json", *small, *([INDEX] if chosen == INDEX else [])])
    weights = shards(folder / INDEX) if chosen == INDEX else (chosen,)
    missing = tuple(file for file in weights if not (folder / file).is_file())
    needed = sum(sizes.get(file, 0) for file in missing)
    check_room(name, needed)
    return ModelLocation(name, folder, missing, needed, commit=folder.name)


def _fetch_small(section: ModelSection, commit: str | None, names: list[str]) -> Path:
    """Fetch the files that are not here yet; return the folder of the local copy."""
    folder = None
    for file in dict.fromkeys(names):
        here = try_to_load_from_cache(section.name_or_path, file, revision=commit)
        path = Path(here) if isinstance(here, str) else _fetch(section.name_or_path, file, section.revision)
        folder = folder or path.parent
    assert folder is not None
    return folder


def _fetch(name: str, file: str, revision: str | None) -> Path:
    return Path(hf_hub_download(name, file, revision=revision, etag_timeout=_SECONDS))


def _copy(section: ModelSection, why: str) -> ModelLocation:
    """Return the local copy of a model that cannot be asked for. Raises ModelError when there is none."""
    folder = cached_model(section.name_or_path, section.revision)
    if folder is not None:
        note = Problem("The local copy of the model is used", f"Nobody looked whether there is a newer one: {why}.")
        notes = () if constants.HF_HUB_OFFLINE else (note,)
        return ModelLocation(section.name_or_path, folder, notes=notes, commit=folder.name)
    offline = constants.HF_HUB_OFFLINE
    raise ModelError(
        "The Hub is switched off" if offline else "The Hub cannot be reached",
        f"{section.name_or_path!r} is not a folder here and has no whole local copy, and {why}. {say_cached()}",
        f"{f'Unset {offline_variable()}' if offline else 'Check the network'}, or fetch it where there is one "
        f"(hf download {section.name_or_path}) and copy {constants.HF_HUB_CACHE}; `demo` needs neither.",
    )


def _no_config(section: ModelSection, names: dict[str, int]) -> ModelError:
    if "adapter_config.json" in names:
        name = section.name_or_path
        return adapter_alone(_fetch(name, "adapter_config.json", section.revision), name)
    if not names.keys() & {ONE_FILE, INDEX}:
        refuse_other_kinds(names, section.name_or_path)
    return ModelError(
        "The model has no config.json",
        f"{section.name_or_path} on the Hub has no config.json beside its {len(names)} files.",
        "Name a model for transformers; of an old sentence-transformers model, a downloaded 0_Transformer folder.",
    )


def _conversion(name: str) -> str:
    """Say where a safetensors conversion of a model waits, if one does."""
    try:
        for found in HfApi().get_repo_discussions(name, author="SFconvertbot", discussion_type="pull_request"):
            if "safetensors" in found.title.lower():
                return f"A safetensors conversion waits there: set model.revision = {found.git_reference!r}."
    except (HTTPError, OSError, ValueError):
        pass
    return "Name a model whose weights are safetensors, or convert them and name the folder."
