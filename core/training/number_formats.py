"""The number format that a run computes in: what a device can, and what `auto` takes. No torch."""

from dataclasses import dataclass
from typing import Literal

from bertft_tui.core.errors import ConfigError

Precision = Literal["fp32", "tf32", "bf16", "fp16"]

_FORMATS: dict[str, Precision] = {"fp32": "fp32", "tf32": "tf32", "bf16": "bf16", "fp16": "fp16"}

#: The first compute capability with bf16, TF32, and kernels for texts of several lengths.
_AMPERE = (8, 0)


@dataclass(frozen=True)
class Abilities:
    """What a device computes in. `why`: what speaks for or against bf16."""

    device: str  # "cuda:0", "cpu"
    bf16: bool  # by instructions of its own
    why: str
    is_ampere: bool = False  # a GPU of that kind or a later one

    @property
    def kind(self) -> str:
        """The device without its number."""
        return self.device.partition(":")[0]


def abilities_of(device: str, capability: tuple[int, int] | None, *, bf16: bool | None = None) -> Abilities:
    """Return what a GPU or Apple's device can; of a GPU that does not say its compute capability all is taken to be.

    `bf16`: what torch says of it, where it was asked.
    """
    kind = device.partition(":")[0]
    if kind != "cuda":
        return Abilities(device, bf16=False, why=f"{kind} has no bf16 training")
    is_ampere = capability is None or capability >= _AMPERE
    why = "compute capability " + (".".join(map(str, capability)) if capability else "unknown")
    return Abilities(device, is_ampere if bf16 is None else bf16, why, is_ampere)


def precision_of(wanted: str, able: Abilities) -> tuple[Precision, str]:
    """Return the format to compute in, and why. Raises ConfigError for one that the device lacks."""
    if wanted == "auto":
        if able.bf16:
            return "bf16", able.why
        return ("tf32" if able.is_ampere else "fp32"), able.why
    if wanted == "bf16" and able.kind != "cpu" and not able.bf16:
        raise ConfigError(
            "bf16 is not possible here",
            f"hardware.precision is 'bf16', and the device is {able.device} ({able.why}).",
            "Set hardware.precision = 'auto'.",
        )
    if (wanted == "fp16" and able.kind != "cuda") or (wanted == "tf32" and not able.is_ampere):
        needs = "a CUDA device" if wanted == "fp16" else "a CUDA device of compute capability 8.0 or later"
        raise ConfigError(
            f"{wanted} needs {needs}",
            f"hardware.precision is {wanted!r}, and the device is {able.device}.",
            "Set hardware.precision = 'auto'.",
        )
    return _FORMATS[wanted], "asked for"
