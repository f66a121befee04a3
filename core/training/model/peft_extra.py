"""The extra that LoRA needs."""

import importlib.util

from bertft_tui.core.errors import ConfigError


def check_peft(lora_r: int | None) -> None:
    """See that `peft` is installed when LoRA is asked for. Raises ConfigError."""
    if lora_r is not None and importlib.util.find_spec("peft") is None:
        raise ConfigError(
            "LoRA needs peft",
            f"model.lora_r is {lora_r}, but the package peft is not installed.",
            "Install the extra: pip install 'bertft-tui[lora]'; or leave model.lora_r empty.",
        )
