"""LoRA through `peft`: small matrices learn beside the encoder's own weights, and the head learns in full."""

import re
from pathlib import Path
from typing import Any

from torch import nn
from transformers import PreTrainedModel

from bertft_tui.core.packaged import DEMO
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.adapter_base import remember_base
from bertft_tui.core.training.model.anatomy import Anatomy, anatomy_of
from bertft_tui.core.training.model.limits import no_lora
from bertft_tui.core.training.model.model_files import ModelLocation


def with_lora(model: PreTrainedModel, section: ModelSection, location: ModelLocation) -> Any:
    """Wrap a model so that only the LoRA matrices and the head learn; the matrices draw from torch's generator.

    They stand beside every linear layer of the encoder's layers, attention and feed-forward. `location`: where the
    model lies. Raises ConfigError when its layers are not known.
    """
    from peft import LoraConfig, get_peft_model

    assert section.lora_r is not None
    anatomy = anatomy_of(model)
    options = LoraConfig(
        r=section.lora_r,
        lora_alpha=section.lora_alpha,  # type: ignore[arg-type]  # divided by r: a float is as good
        lora_dropout=section.lora_dropout,
        target_modules=_linear_layers(model, anatomy),
        modules_to_save=_head_modules(model, anatomy),
        revision=location.commit,
    )
    wrapped = get_peft_model(model, options)
    remember_base(model, location)
    if section.name_or_path != DEMO:
        options.base_model_name_or_path = section.name_or_path  # and not where its local copy lies
    return wrapped


def save_adapter(model: Any, folder: Path) -> None:
    """Save what has learnt, and the config with the labels; the encoder's own weights stay where they came from."""
    model.save_pretrained(folder, save_embedding_layers=False)  # else it asks the Hub about the vocabulary
    (folder / "README.md").unlink(missing_ok=True)  # peft's form for the Hub, with nothing filled in
    model.get_base_model().config.save_pretrained(folder)


def load_adapter(model: PreTrainedModel, folder: Path) -> Any:
    """Wrap a model with what `save_adapter` saved, for prediction."""
    from peft import PeftModel

    return PeftModel.from_pretrained(model, folder, is_trainable=False)


def _linear_layers(model: PreTrainedModel, anatomy: Anatomy) -> str:
    """Return a pattern of the names of all linear layers in the encoder's layers."""
    names = {
        name.rpartition(".")[2]
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and anatomy.stack and name.startswith(anatomy.stack)
    }
    if not names:
        raise no_lora(model.config.model_type)
    return rf"{re.escape(anatomy.stack)}.*\b({'|'.join(sorted(names))})"


def _head_modules(model: PreTrainedModel, anatomy: Anatomy) -> list[str]:
    """Return the names of the outermost modules that belong to the head and have weights."""
    heads = {
        ".".join(parts[: 1 + (name.startswith(anatomy.base))])
        for name, _ in model.named_parameters()
        if anatomy.is_head(name) and (parts := name.split("."))
    }
    return sorted(heads)
