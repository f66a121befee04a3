"""NVIDIA's management library, opened for a moment; what it cannot say is unknown, never an error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import psutil

_T = TypeVar("_T")


@dataclass(frozen=True)
class DeviceProcess:
    """A process that computes on a device, whoever's it is."""

    pid: int
    name: str = ""  # empty when it is none of this container's
    used_bytes: int | None = None


@dataclass(frozen=True)
class GpuFigures:
    """What a GPU says about itself just now."""

    used_bytes: int | None = None
    total_bytes: int | None = None
    utilisation: float | None = None  # share of the time in which it computed, 0 to 1
    temperature: float | None = None  # °C
    power: float | None = None  # watts
    power_limit: float | None = None
    processes: tuple[DeviceProcess, ...] = ()
    trouble: str = ""  # why there are none


@contextmanager
def opened() -> Iterator[str]:
    """Open the library; gives an empty text, or why there is none to ask."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        yield str(error)
        return
    try:
        yield ""
    finally:
        _or_none(pynvml.nvmlShutdown)


def figures(uuid: str) -> GpuFigures:
    """Ask a GPU; to be called while the library is open."""
    import pynvml

    try:
        handle = pynvml.nvmlDeviceGetHandleByUUID(uuid)
    except pynvml.NVMLError as error:
        return GpuFigures(trouble=f"the driver does not know it any more: {error}")
    memory = _or_none(lambda: pynvml.nvmlDeviceGetMemoryInfo(handle))
    rates = _or_none(lambda: pynvml.nvmlDeviceGetUtilizationRates(handle))
    degrees = _or_none(lambda: pynvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU))
    return GpuFigures(
        used_bytes=None if memory is None else int(memory.total) - int(memory.free),
        total_bytes=None if memory is None else int(memory.total),
        utilisation=None if rates is None else min(1.0, int(rates.gpu) / 100),
        temperature=None if degrees is None else float(degrees),
        power=_watts(lambda: pynvml.nvmlDeviceGetPowerUsage(handle)),
        power_limit=_watts(lambda: pynvml.nvmlDeviceGetEnforcedPowerLimit(handle)),
        processes=_processes(_or_none(lambda: pynvml.nvmlDeviceGetComputeRunningProcesses(handle)) or ()),
    )


def _processes(found: Any) -> tuple[DeviceProcess, ...]:
    """Largest first; in a container the driver may name none, or not say how much each has."""
    processes = [DeviceProcess(int(each.pid), _name(int(each.pid)), _count(each.usedGpuMemory)) for each in found]
    return tuple(sorted(processes, key=lambda each: -(each.used_bytes or 0)))


def _name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return ""


def _count(number: Any) -> int | None:
    """A number of bytes; the library writes an unknown one as None, or as the largest there is."""
    return int(number) if number is not None and 0 <= int(number) < 2**63 else None


def _watts(ask: Callable[[], Any]) -> float | None:
    milliwatts = _or_none(ask)
    return None if milliwatts is None else int(milliwatts) / 1000


def _or_none(ask: Callable[[], _T]) -> _T | None:
    """The answer; None when this GPU or driver does not give it."""
    import pynvml

    try:
        return ask()
    except pynvml.NVMLError:
        return None
