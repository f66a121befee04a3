"""The device and the number format that a run uses, each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from bertft_tui.core.errors import ConfigError, Problem
from bertft_tui.core.journal import Launch
from bertft_tui.core.sections import HardwareSection
from bertft_tui.core.training.number_formats import Abilities, Precision, abilities_of, precision_of
from bertft_tui.core.training.recipe import Place, varlen_fault_of

#: What processors call their instructions for bf16, and people the instructions.
_BF16_INSTRUCTIONS = {"amx_bf16": "AMX", "avx512_bf16": "AVX-512", "sve_bf16": "SVE", "bf16": "NEON"}


@dataclass(frozen=True)
class Choice:
    """Where a run trains, in which format, and why so."""

    name: str  # as the inventory numbers it, and people see it: "cuda:3"
    device: str  # as this process's torch numbers it, which sees that GPU alone: "cuda:0"
    precision: Precision
    precision_reason: str
    notes: tuple[Problem, ...] = ()
    varlen_fault: str = ""  # why a GPU cannot attend over texts end to end

    @property
    def kind(self) -> str:
        """The device without its number."""
        return self.device.partition(":")[0]

    @property
    def place(self) -> Place:
        """What decides how training is fast there."""
        return Place(self.kind, self.precision, self.varlen_fault)


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
    able = _abilities(device)
    precision, why = (earlier, "as before") if earlier else precision_of(hardware.precision, able)
    return Choice(name, device, precision, f"{precision}: {why}", notes, varlen_fault_of(able))


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


def _abilities(device: str) -> Abilities:
    """Ask torch what the device computes in."""
    if device.startswith("cuda"):
        able = torch.cuda.is_bf16_supported(including_emulation=False)
        return abilities_of(device, torch.cuda.get_device_capability(device), bf16=able)
    if device != "cpu":
        return abilities_of(device, None)
    known = torch.cpu.get_capabilities()
    names = [name for instruction, name in _BF16_INSTRUCTIONS.items() if known.get(instruction)]
    why = f"the processor has bf16 in {names[0]}" if names else "the processor has no bf16"
    return Abilities(device, bool(names), why)


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
