"""NVIDIA's management library: nobody else speaks to it. What it cannot say is unknown, never an error."""

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

    used_bytes: int | None = None  # by whomever, and with what the driver keeps for itself
    free_bytes: int | None = None
    total_bytes: int | None = None
    utilisation: float | None = None  # share of the time in which it computed, 0 to 1
    temperature: float | None = None  # °C
    power: float | None = None  # watts
    power_limit: float | None = None


@dataclass(frozen=True)
class Gpu:
    """One GPU; to be asked while the library is open."""

    handle: Any

    def title(self) -> str | None:
        """What it is called."""
        return _told(lambda: _text(_library().nvmlDeviceGetName(self.handle)))

    def uuid(self) -> str | None:
        """The name that no other GPU has."""
        return _told(lambda: _text(_library().nvmlDeviceGetUUID(self.handle)))

    def capability(self) -> tuple[int, int] | None:
        """CUDA's compute capability."""
        found = _told(lambda: _library().nvmlDeviceGetCudaComputeCapability(self.handle))
        return None if found is None else (int(found[0]), int(found[1]))

    def memory(self) -> GpuFigures:
        """The figures of its memory alone; a part of a GPU (MIG, vGPU) may not say them."""
        found = _told(lambda: _library().nvmlDeviceGetMemoryInfo(self.handle))
        if found is None:
            return GpuFigures()
        total, free = int(found.total), int(found.free)
        return GpuFigures(used_bytes=total - free, free_bytes=free, total_bytes=total)

    def figures(self) -> GpuFigures:
        """Memory, how busy, how warm, how many watts."""
        nvml, handle, memory = _library(), self.handle, self.memory()
        rates = _told(lambda: nvml.nvmlDeviceGetUtilizationRates(handle))
        degrees = _told(lambda: nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))
        return GpuFigures(
            memory.used_bytes,
            memory.free_bytes,
            memory.total_bytes,
            utilisation=None if rates is None else min(1.0, int(rates.gpu) / 100),
            temperature=None if degrees is None else float(degrees),
            power=_watts(lambda: nvml.nvmlDeviceGetPowerUsage(handle)),
            power_limit=_watts(lambda: nvml.nvmlDeviceGetEnforcedPowerLimit(handle)),
        )

    def processes(self) -> tuple[DeviceProcess, ...]:
        """Who computes on it, largest first; in a container the driver may name none, or not how much each has."""
        found = _told(lambda: _library().nvmlDeviceGetComputeRunningProcesses(self.handle)) or ()
        each = [DeviceProcess(int(one.pid), _name(int(one.pid)), _count(one.usedGpuMemory)) for one in found]
        return tuple(sorted(each, key=lambda one: -(one.used_bytes or 0)))


def open_library() -> str:
    """Open the library until the process ends; return an empty text, or why there is none to ask."""
    nvml = _library()
    try:
        nvml.nvmlInit()
    except nvml.NVMLError as error:
        return str(error)
    return ""


@contextmanager
def opened() -> Iterator[str]:
    """Open the library for a moment; gives what `open_library` returns."""
    trouble = open_library()
    try:
        yield trouble
    finally:
        if not trouble:
            _told(_library().nvmlShutdown)


def every_gpu() -> list[Gpu]:
    """All GPUs of the machine in the driver's order, none where it cannot say; while the library is open."""
    nvml = _library()
    count = _told(nvml.nvmlDeviceGetCount) or 0
    return _told(lambda: [Gpu(nvml.nvmlDeviceGetHandleByIndex(place)) for place in range(count)]) or []


def gpu_called(uuid: str) -> Gpu:
    """Find a GPU by its UUID, while the library is open. Raises LookupError with the driver's words."""
    nvml = _library()
    try:
        return Gpu(nvml.nvmlDeviceGetHandleByUUID(uuid))
    except nvml.NVMLError as error:
        raise LookupError(str(error)) from None


def driver_versions() -> tuple[str, str] | None:
    """The driver's version and that of the CUDA that it goes up to; while the library is open."""
    nvml = _library()
    driver, cuda = _told(nvml.nvmlSystemGetDriverVersion), _told(nvml.nvmlSystemGetCudaDriverVersion)
    if driver is None or cuda is None:
        return None
    return _text(driver), f"{int(cuda) // 1000}.{int(cuda) % 1000 // 10}"


def _library() -> Any:
    """The library's module; hardly anything needs it, so it is imported late."""
    import pynvml

    return pynvml


def _name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return ""


def _count(number: Any) -> int | None:
    """A number of bytes; the library writes an unknown one as None, or as the largest there is."""
    return int(number) if number is not None and 0 <= int(number) < 2**63 else None


def _watts(ask: Callable[[], Any]) -> float | None:
    milliwatts = _told(ask)
    return None if milliwatts is None else int(milliwatts) / 1000


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _told(ask: Callable[[], _T]) -> _T | None:
    """The answer; None when this GPU or driver does not give it."""
    try:
        return ask()
    except _library().NVMLError:
        return None
