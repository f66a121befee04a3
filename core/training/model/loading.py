"""`from_pretrained` for configs and models, its complaints in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModelForSequenceClassification, PretrainedConfig, PreTrainedModel

from bertft_tui.core.errors import ModelError
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.architectures import no_sdpa, refuse_fetched_attention
from bertft_tui.core.training.model.model_files import read_json

#: What the libraries raise about files that are not as they should be.
_RAISED = (
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    LookupError,
    RuntimeError,
    ImportError,
    SafetensorError,
    StrictDataclassError,
)

#: Characters of a library's words that are shown.
_LONGEST = 300


@contextmanager
def in_words(name: str, what: str = "model") -> Iterator[None]:
    """Turn what the libraries raise while they load something of a model into a ModelError."""
    try:
        yield
    except _RAISED as error:
        if "trust_remote_code" in str(error):
            raise ModelError(
                "The model brings its own code",
                f"Loading the {what} of {name} would run Python code of its authors.",
                "If you trust them: set model.trust_remote_code = true.",
            ) from error
        raise ModelError(
            f"The {what} cannot be loaded",
            f"{name}: {shorten(str(error), _LONGEST, placeholder=' …') or type(error).__name__}",
            "Check model.name_or_path; the log has the whole story.",
        ) from error


def code_options(section: ModelSection) -> dict[str, bool]:
    """What to say to `from_pretrained`: all files are here, but for code that a model borrows from another one."""
    return {"trust_remote_code": section.trust_remote_code, "local_files_only": not section.trust_remote_code}


def load_config(folder: Path, section: ModelSection) -> PretrainedConfig:
    """Load the config of a model in a folder. Raises ModelError."""
    refuse_fetched_attention(read_json(folder / "config.json"), str(folder))
    with in_words(section.name_or_path):
        return AutoConfig.from_pretrained(folder, **code_options(section))


def load_model(
    folder: Path, section: ModelSection, config: PretrainedConfig
) -> tuple[PreTrainedModel, dict[str, Any]]:
    """Load a classifier in fp32, and what was new or left over; new weights draw from torch's generator.

    Raises ModelError, and ConfigError when the architecture has no such attention.
    """
    options: dict[str, Any] = dict(code_options(section))
    if section.attn_implementation != "auto":
        options["attn_implementation"] = section.attn_implementation
    with in_words(section.name_or_path):
        try:
            model, info = AutoModelForSequenceClassification.from_pretrained(
                folder,
                config=config,
                dtype=torch.float32,  # else the checkpoint's own, and half-precision weights do not fine-tune
                use_safetensors=True,
                ignore_mismatched_sizes=True,  # a head for other labels is replaced, and `describe_loading` says so
                output_loading_info=True,
                **options,
            )
        except ValueError as error:
            if section.attn_implementation == "sdpa" and "scaled_dot_product_attention" in str(error):
                raise no_sdpa(config.model_type) from None
            raise
    # Else the Trainer leaves out its division by the accumulation steps, which the heads do not make up for.
    model.accepts_loss_kwargs = False
    return model, info
