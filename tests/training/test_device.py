"""The device and the number format that a run takes, and the reasons that it gives."""

from typing import Any

import pytest
import torch

from bertft_tui.core.errors import ConfigError
from bertft_tui.core.journal import Launch
from bertft_tui.core.sections import HardwareSection
from bertft_tui.core.training.device import choose, settle_attention


def _launch(device: str) -> Launch:
    return Launch(
        attempt=1, device=device, torch_device=device, device_reason="", device_lock="", resume=False, adjustments={}
    )


def test_falls_back_to_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """An `auto` run whose GPU torch does not see trains on the processor and says why."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", None)
    choice = choose(HardwareSection(), _launch("cuda:0"))
    assert (choice.name, choice.device, choice.precision) == ("cpu", "cpu", "fp32")
    assert "is a build without CUDA" in choice.notes[0].message
    with pytest.raises(ConfigError, match="build without CUDA"):
        choose(HardwareSection(device="cuda:0"), _launch("cuda:0"))


def test_a_gpu_keeps_the_name_that_the_machine_gives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker sees one GPU, its cuda:0; the store must go on to say cuda:3, whose lease it is."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    choice = choose(HardwareSection(), {**_launch("cuda:0"), "device": "cuda:3"})
    assert (choice.name, choice.device) == ("cuda:3", "cuda:0")
    assert (choice.precision, choice.precision_reason) == ("bf16", "bf16: compute capability 9.0")


@pytest.mark.parametrize(("precision", "expected"), [("auto", "fp32"), ("fp32", "fp32"), ("bf16", "bf16")])
def test_precision_on_the_processor(precision: Any, expected: str) -> None:
    """The processor computes in fp32, or in bf16 when asked; the reason is said."""
    choice = choose(HardwareSection(precision=precision), _launch("cpu"))
    assert choice.precision == expected
    assert choice.precision_reason.startswith(expected)


def test_fp16_needs_cuda() -> None:
    """fp16 on the processor is refused."""
    with pytest.raises(ConfigError, match="fp16 needs a CUDA device"):
        choose(HardwareSection(precision="fp16"), _launch("cpu"))


@pytest.mark.parametrize(
    ("device", "reason"), [("mps", "mps has no bf16 training"), ("cuda:0", "compute capability 7.5")]
)
def test_bf16_where_it_is_not(monkeypatch: pytest.MonkeyPatch, device: str, reason: str) -> None:
    """`auto` takes fp32 there and gives the reason; bf16 that was asked for is refused with the same reason."""
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: False)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    choice = choose(HardwareSection(), _launch(device))
    assert (choice.precision, choice.precision_reason) == ("fp32", f"fp32: {reason}")
    with pytest.raises(ConfigError, match="bf16 is not possible here") as caught:
        choose(HardwareSection(precision="bf16"), _launch(device))
    assert caught.value.problem.message == f"hardware.precision is 'bf16', and the device is {device} ({reason})."


def test_attention_builds_no_plan_for_each_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """With dynamic padding cuDNN's attention is off, with one length for all it is torch's choice; others stay."""
    flags: list[bool] = []
    monkeypatch.setattr(torch.backends.cuda, "enable_cudnn_sdp", flags.append)
    others = (torch.backends.cuda.flash_sdp_enabled(), torch.backends.cuda.mem_efficient_sdp_enabled())
    settle_attention("dynamic")
    settle_attention("max_length")
    assert flags == [False, True]
    assert others == (torch.backends.cuda.flash_sdp_enabled(), torch.backends.cuda.mem_efficient_sdp_enabled())
