"""The files that hold a model's weights: which there are, and whether they are whole. No torch: headers only."""

import hashlib
import json
from collections.abc import Collection
from pathlib import Path

from bertft_tui.core.errors import ModelError
from bertft_tui.core.training.git_lfs import FETCH, is_note
from bertft_tui.core.training.notes import listed

ONE_FILE = "model.safetensors"
INDEX = "model.safetensors.index.json"

#: How weights are called that are of no use here, and what they are.
_OTHERS = (
    ((".gguf",), "GGUF, which other programs run and nothing trains"),
    ((".onnx",), "ONNX, which is for running a model and not for training it"),
    (("tf_model.h5", ".msgpack", ".ckpt.index", "saved_model.pb"), "TensorFlow's or Flax's"),
)


class PickledWeightsError(ModelError):
    """There are weights whose loading can run code, and no others."""

    def __init__(
        self, where: str, file: str, hint: str = "Save them as safetensors: model.save_pretrained(folder)."
    ) -> None:
        message = f"{where} has {file} only; loading a pickle can run code."
        super().__init__("The weights are pickled", message, hint)


def choose_weights(names: Collection[str], where: str) -> str:
    """Return the file that says where the weights are: the weights themselves, or the index of several parts.

    `names`: the files beside config.json. Raises ModelError when there are no weights that can be used.
    """
    for name in (ONE_FILE, INDEX):
        if name in names:
            return name
    pickled = [name for name in names if name.startswith("pytorch_model") and name.endswith((".bin", ".index.json"))]
    if pickled:
        raise PickledWeightsError(where, sorted(pickled)[0])
    refuse_other_kinds(names, where)
    raise ModelError(
        "The model folder has no weights",
        f"{where} has no {ONE_FILE}.",
        "Name the folder that save_pretrained wrote, or a Hub id.",
    )


def refuse_other_kinds(names: Collection[str], where: str) -> None:
    """Name weights that other programs use, where these are all there is. Raises ModelError."""
    for endings, what in _OTHERS:
        if found := sorted(name for name in names if name.endswith(endings)):
            raise ModelError(
                "The weights are of another kind",
                f"{where} has {listed(found, 3)}: that is {what}.",
                "Name a model whose weights are safetensors.",
            )


def shards(index: Path) -> tuple[str, ...]:
    """Return the files that an index names. Raises ModelError."""
    try:
        files = json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()
        return tuple(sorted({str(file) for file in files}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            "The index of the weights cannot be read",
            f"{index}: {type(error).__name__} {error}".rstrip() + ".",
            "Copy or download the model again.",
        ) from None


def weights_sha256(folder: Path) -> str:
    """Return the SHA-256 of all weights in a folder, one part after the other. Raises ModelError."""
    digest = hashlib.sha256()
    for name in _parts(folder):
        with (folder / name).open("rb") as file:
            hashlib.file_digest(file, lambda: digest)
    return digest.hexdigest()


def check_weights(folder: Path) -> None:
    """See that all weights in a folder are there and whole. Raises ModelError."""
    parts = _parts(folder)
    missing = [name for name in parts if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            "Some of the weights are missing",
            f"{folder} should have {len(parts)} files of weights; {listed(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not there.",
            "Copy or download the model again.",
        )
    for name in parts:
        _check_header(folder / name)


def refuse_pointer(path: Path, what: str) -> None:
    """See that a file is what it is called, and not what Git LFS puts in its place. Raises ModelError."""
    if is_note(path):
        raise ModelError(
            f"The {what} {'were' if what.endswith('s') else 'was'} not fetched",
            f"{path} is Git LFS's note of where the {what} can be fetched, and no more.",
            FETCH,
        ) from None


def _parts(folder: Path) -> tuple[str, ...]:
    """Return the files of weights that a folder has, or should have. Raises ModelError."""
    chosen = choose_weights([path.name for path in folder.iterdir()], str(folder))
    return shards(folder / INDEX) if chosen == INDEX else (chosen,)


def _check_header(path: Path) -> None:
    """Read a file's table of contents, which says how long the file must be."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np"):
            return
    except (SafetensorError, OSError) as error:
        refuse_pointer(path, "weights")
        raise ModelError(
            "The weights are damaged",
            f"{path} ({path.stat().st_size:,} bytes) is cut off or is no safetensors file: {error}.",
            "Copy or download the model again.",
        ) from None
