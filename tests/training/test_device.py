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
    choice = choose(HardwareSection(precision="fp32"), _launch("cuda:0"))
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


@pytest.mark.parametrize(
    ("precision", "instructions", "expected"),
    [
        ("auto", (), "fp32: the processor has no bf16"),
        ("auto", ("avx512_bf16",), "bf16: the processor has bf16 in AVX-512"),
        ("auto", ("amx_bf16", "avx512_bf16"), "bf16: the processor has bf16 in AMX"),
        ("fp32", ("amx_bf16",), "fp32: asked for"),
        ("bf16", (), "bf16: asked for"),
    ],
)
def test_precision_on_the_processor(
    monkeypatch: pytest.MonkeyPatch, precision: Any, instructions: tuple[str, ...], expected: str
) -> None:
    """A processor computes in bf16 where it has instructions for it, or when asked; the reason is said."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: dict.fromkeys(instructions, True))
    choice = choose(HardwareSection(precision=precision), _launch("cpu"))
    assert choice.precision_reason == expected
    assert choice.precision == expected[:4]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ({"device": "cpu", "precision": "fp32"}, "fp32: as before"),
        ({"device": "cuda", "precision": "fp16"}, "bf16: the processor has bf16 in AMX"),
    ],
)
def test_precision_of_a_resumed_run(monkeypatch: pytest.MonkeyPatch, before: Any, expected: str) -> None:
    """What `auto` became once it stays, on a device of the same kind."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": True})
    assert choose(HardwareSection(), _launch("cpu"), before).precision_reason == expected
    asked = choose(HardwareSection(precision="bf16"), _launch("cpu"), before)
    assert asked.precision_reason == "bf16: asked for"


@pytest.mark.parametrize("precision", ["fp16", "tf32"])
def test_formats_that_need_cuda(precision: Any) -> None:
    """fp16 and tf32 on the processor are refused."""
    with pytest.raises(ConfigError, match=f"{precision} needs a CUDA device"):
        choose(HardwareSection(precision=precision), _launch("cpu"))


def test_tf32(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU from Ampere on takes tf32 when asked, and on `auto` where it lacked bf16; an older one is refused."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: False)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 0))
    assert choose(HardwareSection(precision="tf32"), _launch("cuda:0")).precision_reason == "tf32: asked for"
    assert choose(HardwareSection(), _launch("cuda:0")).precision_reason == "tf32: compute capability 8.0"
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    with pytest.raises(ConfigError, match=r"compute capability 8\.0 or later"):
        choose(HardwareSection(precision="tf32"), _launch("cuda:0"))


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
