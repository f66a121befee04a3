"""The device and the number format that a run uses, each with its reason."""

from dataclasses import dataclass
from typing import Literal

import torch

from bertft_tui.core.errors import ConfigError, Problem
from bertft_tui.core.journal import Launch
from bertft_tui.core.sections import HardwareSection

Precision = Literal["fp32", "bf16", "fp16"]


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


def choose(hardware: HardwareSection, launch: Launch) -> Choice:
    """Take the launch's device if torch sees it; an `auto` run falls back to the processor and says why.

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
    precision, why = _precision(hardware.precision, device)
    return Choice(name, device, precision, why, notes)


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
    kind = device.partition(":")[0]
    bf16, why = _bf16(kind, device)
    if wanted == "auto":
        chosen: Precision = "bf16" if bf16 and kind == "cuda" else "fp32"
        return chosen, f"{chosen}: {why}"
    if wanted == "bf16" and not bf16:
        raise ConfigError(
            "bf16 is not possible here",
            f"hardware.precision is 'bf16', and the device is {device} ({why}).",
            "Set hardware.precision = 'auto'.",
        )
    if wanted == "fp16" and kind != "cuda":
        raise ConfigError(
            "fp16 needs a CUDA device",
            f"hardware.precision is 'fp16', and the device is {device}.",
            "Set hardware.precision = 'auto'.",
        )
    return ("fp16" if wanted == "fp16" else "bf16" if wanted == "bf16" else "fp32"), f"{wanted}: asked for"


def _bf16(kind: str, device: str) -> tuple[bool, str]:
    """Say whether the device computes in bf16, and what speaks for or against it."""
    if kind == "cuda":
        capability = ".".join(str(part) for part in torch.cuda.get_device_capability(device))
        able = torch.cuda.is_bf16_supported(including_emulation=False)
        return able, f"compute capability {capability}"
    if kind == "cpu":
        return True, "on a processor bf16 is rarely faster"
    return False, f"{kind} has no bf16 training"


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
