"""The devices of this machine, found without torch: NVML for NVIDIA, the system for Apple's; unknown is None."""

import importlib.util
import os
import platform
import re
from dataclasses import dataclass, replace
from pathlib import Path

from bertft_tui.core.nvml import Gpu, every_gpu, opened


@dataclass(frozen=True)
class Device:
    """One device that a run can be given. Sizes in bytes."""

    name: str  # "cpu", "mps", "cuda:0": numbered as the visible ones are
    title: str  # "NVIDIA H200"
    visible_as: str = ""  # what CUDA_VISIBLE_DEVICES has to be for a worker on it
    total_bytes: int | None = None
    free_bytes: int | None = None
    note: str = ""
    capability: tuple[int, int] | None = None  # CUDA's, of a GPU that says it


def inventory() -> tuple[Device, ...]:
    """List the devices: visible GPUs first, then Apple's, then the processor. Never fails."""
    return (*_cuda(), *_mps(), _cpu())


def torch_has_cuda() -> bool | None:
    """Say whether the installed torch was built with CUDA, from its version file; None when that cannot be told."""
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return None
    try:
        text = Path(spec.origin).with_name("version.py").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^cuda\b[^=]*=\s*(.+)$", text, re.MULTILINE)
    return None if found is None else found.group(1).strip() != "None"


def candidates(asked: str, devices: tuple[Device, ...]) -> tuple[Device, ...]:
    """The devices that a run may be given, in the order in which they are taken; none where there is no such one."""
    if asked != "auto":
        return tuple(device for device in devices if device.name == asked)
    kind = next((name for name in ("cuda", "mps", "cpu") if any(_kind(device) == name for device in devices)), "")
    return tuple(device for device in devices if _kind(device) == kind)


def choose(asked: str, devices: tuple[Device, ...], busy: frozenset[str]) -> tuple[Device | None, str]:
    """Pick the device for a run and say why; None when it has to wait (or, with an empty reason, cannot be had).

    `auto` takes the first free GPU, else Apple's, else the processor; with a GPU in the machine it never falls back
    to the processor because the GPU is busy.
    """
    possible = candidates(asked, devices)
    if not possible:
        return None, ""
    free = next((device for device in possible if device.name not in busy), None)
    if free is None:
        return None, "every device is busy" if asked == "auto" else f"{asked} is busy"
    return free, _why(free) if asked == "auto" else f"asked for: {free.title}"


def _why(device: Device) -> str:
    if _kind(device) == "cuda":
        return f"auto: the first free GPU, {device.title}"
    if _kind(device) == "mps":
        return "auto: Apple's GPU"
    return "auto: " + (device.note or "no GPU found, so the processor")


def _kind(device: Device) -> str:
    return device.name.partition(":")[0]


def _cuda() -> tuple[Device, ...]:
    """The NVIDIA GPUs that CUDA_VISIBLE_DEVICES leaves visible, in its order."""
    if torch_has_cuda() is False:
        return ()
    all_gpus = _nvml()
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        wanted = [part.strip() for part in visible.split(",") if part.strip()]
        by_name = {gpu.visible_as: gpu for gpu in all_gpus} | {str(i): gpu for i, gpu in enumerate(all_gpus)}
        all_gpus = [gpu for part in wanted for name, gpu in by_name.items() if name == part or _is_prefix(part, name)]
        all_gpus = list(dict.fromkeys(all_gpus))
    return tuple(replace(gpu, name=f"cuda:{number}") for number, gpu in enumerate(all_gpus))


def _is_prefix(part: str, name: str) -> bool:
    """CUDA_VISIBLE_DEVICES may abbreviate a UUID."""
    return part.startswith("GPU-") and name.startswith(part)


def _nvml() -> list[Device]:
    """Every NVIDIA GPU of the machine by its UUID; none when there is no driver."""
    with opened() as trouble:
        return [] if trouble else [device for gpu in every_gpu() if (device := _device(gpu)) is not None]


def _device(gpu: Gpu) -> Device | None:
    """A GPU as a device without a number; None where a worker could not be given it."""
    uuid, memory = gpu.uuid(), gpu.memory()
    if uuid is None:
        return None
    title = gpu.title() or "NVIDIA GPU"
    return Device("", title, uuid, memory.total_bytes, memory.free_bytes, capability=gpu.capability())


def _mps() -> tuple[Device, ...]:
    apple = platform.system() == "Darwin" and platform.machine() == "arm64"
    return (Device("mps", "Apple GPU", note="shares the machine's memory"),) if apple else ()


def _cpu() -> Device:
    import psutil

    memory = psutil.virtual_memory()
    cores = psutil.cpu_count(logical=True) or 1
    return Device("cpu", f"{cores} processor cores", "", memory.total, memory.available, _why_no_gpu())


def _why_no_gpu() -> str:
    if torch_has_cuda() is not False:
        return ""
    if _nvml():
        return "the installed torch is a build without CUDA, so the processor although there is an NVIDIA GPU"
    return "no GPU found, so the processor"
