"""The benchmark of memory still runs: on tiny models, with a device that says what it is told to."""

import json
from pathlib import Path

import pytest
from transformers import BertConfig

from benchmarks import memory
from benchmarks.memory_forecasts import judged, table


class Told:
    """A device on which each batch takes some more than the one before."""

    name, total = "NVIDIA H100 80GB HBM3", 85_000_000_000

    def __init__(self) -> None:
        self._peak = 1_000_000

    def free(self) -> int:
        """All of it."""
        return self.total

    def start(self) -> None:
        """Nothing to begin."""

    def peak(self) -> int:
        """A figure."""
        self._peak += 1000
        return self._peak

    def release(self) -> None:
        """Nothing to give back."""


def test_every_setting_is_measured_and_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each shape is tried with padding and without, texts of all lengths are trained on, and forecasts are judged."""
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(**sizes, vocab_size=100)
    settings = [
        memory.Setting("plain", config, "fp32", trained=((2, 8),)),
        memory.Setting("LoRA, two passes", config, "fp32", 2, lora=True),
    ]
    monkeypatch.setattr(memory, "settings", lambda: settings)
    monkeypatch.setattr(memory, "ROWS", (2, 4))
    monkeypatch.setattr(memory, "TOKENS", (8, 16))
    monkeypatch.setattr(memory, "_MIXED_STEPS", 2)
    file = tmp_path / "measured.json"
    memory.measure_all(memory.Measurements(file, Told()), "cpu")
    found = json.loads(file.read_text())
    assert len(found["known"]) == len(found["padded"]) == 8
    assert [(each["setting"], each["longest"], each["mixed"]) for each in found["trained"]] == [
        ("plain", [4, 16], True),
        ("plain", [2, 8], False),
        ("LoRA, two passes", [4, 16], True),
    ]
    assert all(each["tried"] for each in found["trained"])
    assert [each.accumulates for each in judged(found["known"], found["device"])] == [False, True]
    text, _ = table(found)
    assert "LoRA, two passes, mixed lengths" in text
    assert settings[0].name in text
