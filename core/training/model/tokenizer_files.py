"""The files of a tokenizer: whether there are any, and whether they are whole. No torch, no transformers here."""

import json
from pathlib import Path
from typing import Any

from bertft_tui.core.errors import ModelError
from bertft_tui.core.training.model.weight_files import refuse_pointer

#: What holds a tokenizer's vocabulary; where there are several, the first of them is read.
_VOCABULARIES = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "spiece.model",
    "sentencepiece.bpe.model",
    "sentencepiece.model",
    "spm.model",
    "tokenizer.model",
)


def check_tokenizer_files(folder: Path) -> None:
    """See that a folder has a tokenizer, and one with a vocabulary. Raises ModelError."""
    vocabulary = next((folder / name for name in _VOCABULARIES if (folder / name).is_file()), None)
    if vocabulary is None:
        raise ModelError(
            "The model folder has no tokenizer",
            f"{folder} has none of {', '.join(_VOCABULARIES)}.",
            "Save the tokenizer there too: tokenizer.save_pretrained(folder).",
        )
    refuse_pointer(vocabulary, "tokenizer")
    _check_vocabulary(vocabulary)
    settings = folder / "tokenizer_config.json"
    if settings.is_file():
        _read_object(settings)


def _check_vocabulary(path: Path) -> None:
    if path.stat().st_size == 0:
        raise _damaged(path, "it is empty")
    if path.suffix != ".json":
        return
    found = _read_object(path)
    if path.name == "tokenizer.json":
        model = found.get("model")
        found = model.get("vocab") if isinstance(model, dict) else None
    if not found:
        raise _damaged(path, "it has no vocabulary")


def _read_object(path: Path) -> Any:
    """Read a JSON object. Raises ModelError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(path, str(error)) from None
    if not isinstance(found, dict):
        raise _damaged(path, "it is no JSON object")
    return found


def _damaged(path: Path, what: str) -> ModelError:
    return ModelError("The tokenizer is damaged", f"{path}: {what}.", "Copy or download the model again.")
