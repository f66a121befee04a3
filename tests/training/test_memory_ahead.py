"""What a run's longest batch will take of a GPU is told from what workers wrote down, of packed and padded texts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bertft_tui.core.config import RunConfig
from bertft_tui.core.paths import known_memory
from bertft_tui.core.training.known_memory import Forecast, facts_of_model, key_of, shape_of
from bertft_tui.core.training.memory_ahead import longest_shape, memory_ahead
from bertft_tui.core.training.memory_probe import remember
from bertft_tui.core.training.model.encoder import load_encoder
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.packing import pack
from bertft_tui.core.training.task import Task

_TASK = Task("single_label_classification", ("food", "sport"))
_GPU = "NVIDIA H200"
_LENGTHS = np.array([30, 5, 17, 20, 9, 9])


def _told(config: RunConfig, *, capability: tuple[int, int] | None = (9, 0)) -> Forecast | None:
    location = inspect_model(config.model, config.data.max_length)
    devices = [{"name": "cpu", "capability": None}, {"name": "cuda:0", "capability": capability}]
    return memory_ahead(config, location, _TASK, _LENGTHS, train_rows=len(_LENGTHS), gpu=_GPU, devices=devices)


def _try(config: RunConfig, precision: str, shape: tuple[int, int], peak: int, *, packed: bool = False) -> None:
    """Write down what a worker would after it has tried a batch."""
    section = config.model
    model = load_encoder(inspect_model(section, 24), section, _TASK, 24).model
    if packed:
        pack(model, "cuda", first_alone=True)
    facts = facts_of_model(model, precision, config.training.optim, first_alone=True)
    remember(known_memory(), key_of(facts, shape_of(*shape, 1), _GPU, 10**11, torch.__version__), peak)


@pytest.fixture
def small(config: RunConfig) -> RunConfig:
    """Batches of two texts of 24 tokens at most, on whatever device there is, in its own format."""
    return config.with_settings(
        {"training.per_device_train_batch_size": 2, "hardware.device": "auto", "hardware.precision": "auto"}
    )


def test_packed_batches(small: RunConfig) -> None:
    """The default on a GPU: told for the tokens of the longest texts together, of what packed batches took alone."""
    assert _told(small) is None
    _try(small, "bf16", (2, 24), 9_999)
    assert _told(small) is None
    _try(small, "bf16", (1, 44), 5_000, packed=True)  # texts of 24, cut, and of 20
    assert _told(small) == Forecast(5_000, 1)


@pytest.mark.parametrize("settings", [{"data.padding": "dynamic"}, {"data.padding": "max_length"}, {}])
def test_padded_batches(small: RunConfig, settings: dict[str, Any]) -> None:
    """Asked for, and by itself on a GPU that has no kernel for anything else and computes in fp32."""
    config = small.with_settings(settings)
    capability = (9, 0) if settings else (7, 5)
    _try(config, "bf16" if settings else "fp32", (2, 24), 5_000)
    assert _told(config, capability=capability) == Forecast(5_000, 1)


def test_what_cannot_be_told(small: RunConfig, tmp_path: Path) -> None:
    """Nothing for LoRA, for what the GPU cannot do, and where the run may get no GPU."""
    _try(small, "bf16", (1, 44), 5_000, packed=True)
    assert _told(small.with_settings({"model.lora_r": 4})) is None
    assert _told(small.with_settings({"hardware.precision": "bf16"}), capability=(7, 5)) is None
    location = inspect_model(small.model, 24)
    devices = [{"name": "cpu", "capability": None}]
    assert memory_ahead(small, location, _TASK, _LENGTHS, train_rows=6, gpu=_GPU, devices=devices) is None


def test_the_longest_batch() -> None:
    """Padded to a multiple of eight; of a sample the longest that are the batch's share of all, packed in one row."""
    assert longest_shape(_LENGTHS, 6, 2, 512, "dynamic") == (2, 32)
    assert longest_shape(_LENGTHS, 6, 8, 24, "max_length") == (6, 24)
    assert longest_shape(_LENGTHS, 6, 2, 512, "packed") == (1, 50)
    assert longest_shape(_LENGTHS, 6, 8, 512, "packed") == (1, 90)
    assert longest_shape(_LENGTHS, 600, 8, 512, "packed") == (1, 240)  # one of six is a hundred of six hundred
