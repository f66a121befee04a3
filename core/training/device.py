"""The device and the number format that a run uses, each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch

from bertft_tui.core.errors import ConfigError, Problem
from bertft_tui.core.journal import Launch
from bertft_tui.core.sections import HardwareSection
from bertft_tui.core.training.recipe import Place

Precision = Literal["fp32", "tf32", "bf16", "fp16"]

#: What processors call their instructions for bf16, and people the instructions.
_BF16_INSTRUCTIONS = {"amx_bf16": "AMX", "avx512_bf16": "AVX-512", "sve_bf16": "SVE", "bf16": "NEON"}

#: The first compute capability with TF32, and with kernels for texts of several lengths.
_AMPERE = (8, 0)


@dataclass(frozen=True)
class Choice:
    """Where a run trains, in which format, and why so."""

    name: str  # as the inventory numbers it, and people see it: "cuda:3"
    device: str  # as this process's torch numbers it, which sees that GPU alone: "cuda:0"
    precision: Precision
    precision_reason: str
    notes: tuple[Problem, ...] = ()

    @property
    def kind(self) -> str:
        """The device without its number."""
        return self.device.partition(":")[0]

    @property
    def place(self) -> Place:
        """What decides how training is fast there."""
        return Place(self.kind, self.precision, self.kind != "cuda" or _is_ampere(self.device))


def choose(hardware: HardwareSection, launch: Launch, before: Mapping[str, Any] | None = None) -> Choice:
    """Take the launch's device if torch sees it; an `auto` run falls back to the processor and says why.

    `before`: what a checkpoint says that the training took until then, and goes on with on a device of that kind.

    Raises ConfigError when the device was asked for by name, or cannot compute in the precision asked for.
    """
    name, device = launch["device"], launch["torch_device"]
    notes: tuple[Problem, ...] = ()
    reason = _unusable(device)
    if reason is not None:
        if hardware.device != "auto":
            raise ConfigError(
                f"{hardware.device} cannot be used",
                reason[:1].upper() + reason[1:] + ".",
                "Set hardware.device = 'auto' or 'cpu'.",
            )
        notes = (Problem("Training on the processor", f"{launch['device']} was chosen, but {reason}."),)
        name = device = "cpu"
    earlier = _earlier(device, before) if hardware.precision == "auto" else None
    precision, why = (earlier, "as before") if earlier else _precision(hardware.precision, device)
    return Choice(name, device, precision, f"{precision}: {why}", notes)


def _earlier(device: str, before: Mapping[str, Any] | None) -> Precision | None:
    """The format that the training computed in until now, on such a device."""
    kind = device.partition(":")[0]
    found: Precision | None = before.get("precision") if before and before.get("device") == kind else None
    return found


def _unusable(device: str) -> str | None:
    """Say why torch cannot compute on this device; None when it can."""
    if device.startswith("cuda") and not torch.cuda.is_available():
        if torch.version.cuda is None and torch.version.hip is None:
            return f"torch {torch.__version__} is a build without CUDA"
        return f"torch {torch.__version__} (CUDA {torch.version.cuda}) finds no usable GPU or driver"
    if device.startswith("cuda") and int(device.partition(":")[2] or 0) >= torch.cuda.device_count():
        return f"torch sees {torch.cuda.device_count()} GPU(s) only"
    if device == "mps" and not torch.backends.mps.is_available():
        return "torch finds no Metal device"
    return None


def _precision(wanted: str, device: str) -> tuple[Precision, str]:
    """Return the number format to compute in, and why. Raises ConfigError for one that the device lacks."""
    kind = device.partition(":")[0]
    bf16, why = _bf16(kind, device)
    if wanted == "auto":
        return _best(bf16, kind, device), why
    if wanted == "bf16" and kind != "cpu" and not bf16:
        raise ConfigError(
            "bf16 is not possible here",
            f"hardware.precision is 'bf16', and the device is {device} ({why}).",
            "Set hardware.precision = 'auto'.",
        )
    if wanted in ("fp16", "tf32") and (kind != "cuda" or (wanted == "tf32" and not _is_ampere(device))):
        needs = "a CUDA device" if wanted == "fp16" else "a CUDA device of compute capability 8.0 or later"
        raise ConfigError(
            f"{wanted} needs {needs}",
            f"hardware.precision is {wanted!r}, and the device is {device}.",
            "Set hardware.precision = 'auto'.",
        )
    formats: dict[str, Precision] = {"fp32": "fp32", "tf32": "tf32", "bf16": "bf16", "fp16": "fp16"}
    return formats[wanted], "asked for"


def _best(bf16: bool, kind: str, device: str) -> Precision:
    if bf16:
        return "bf16"
    return "tf32" if kind == "cuda" and _is_ampere(device) else "fp32"


def _bf16(kind: str, device: str) -> tuple[bool, str]:
    """Say whether the device computes in bf16 by instructions of its own, and what speaks for or against it."""
    if kind == "cuda":
        capability = ".".join(str(part) for part in torch.cuda.get_device_capability(device))
        able = torch.cuda.is_bf16_supported(including_emulation=False)
        return able, f"compute capability {capability}"
    if kind == "cpu":
        known = torch.cpu.get_capabilities()
        names = [name for instruction, name in _BF16_INSTRUCTIONS.items() if known.get(instruction)]
        return bool(names), f"the processor has bf16 in {names[0]}" if names else "the processor has no bf16"
    return False, f"{kind} has no bf16 training"


def _is_ampere(device: str) -> bool:
    return torch.cuda.get_device_capability(device) >= _AMPERE


def settle_attention(padding: str) -> None:
    """Keep attention off cuDNN where batches have many shapes; the other fused kernels stay.

    On newer GPUs torch tries cuDNN first from 2.11 on, and there a plan is built for each shape that it has not met,
    forwards and backwards: about a third of a second on an H200. With dynamic padding that is nearly every batch at
    first, and takes longer than all that its kernels are faster.
    """
    torch.backends.cuda.enable_cudnn_sdp(padding == "max_length")


def memory_used(device: torch.device) -> tuple[float, float] | None:
    """Return the bytes that this process had at its peak, and all that the device has; None where nobody counts."""
    if device.type != "cuda":
        return None
    return float(torch.cuda.max_memory_allocated(device)), float(
        torch.cuda.get_device_properties(device).total_memory
    )
